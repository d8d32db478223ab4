-- How clients find the tools of a virtual server: `off` (all are listed), `beside` or `instead`.
ALTER TABLE servers ADD COLUMN discovery text COLLATE "C" NOT NULL DEFAULT 'off';
