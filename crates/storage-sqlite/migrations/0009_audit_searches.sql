-- What is rare in the trail, and was found only by going through all of it: other actions than calls, other virtual servers
-- than the default one. What is common is found among the newest events.
CREATE INDEX audit_events_action ON audit_events (action, at, id) WHERE action <> 'tools/call';
CREATE INDEX audit_events_server ON audit_events (server, at, id) WHERE server <> 'default';
