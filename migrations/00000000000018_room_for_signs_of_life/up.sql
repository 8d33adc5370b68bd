-- Everybody who is admitted shows up, most of them with a hold: each writes their pass once more, and nothing that an index
-- looks at. Half of a page is kept for that, so that no index is written.
ALTER TABLE passes SET (fillfactor = 50);
