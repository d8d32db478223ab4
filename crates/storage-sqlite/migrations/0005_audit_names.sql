-- Events by the folded name of their caller: a search for a part of a name jumps from one name to the next.
CREATE INDEX audit_events_name ON audit_events (principal_search, at, id);
