DROP SCHEMA IF EXISTS every_cell CASCADE;
DO $$
DECLARE
    more integer;
BEGIN
    FOR more IN SELECT cell FROM cells WHERE cell > 0 LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', 'cell_' || more);
    END LOOP;
END
$$;
DROP FUNCTION add_cell();
DROP FUNCTION draw_every_cell();
DROP FUNCTION grantee_name(oid);
ALTER TABLE concerts DROP COLUMN cell;
DROP TABLE cells;
