-- Cells: where the waiting rooms, passes, seats and reservations of a concert are. Cell 0 is made of the tables that have
-- been there before; every other cell is a schema of its own with tables that are the same. No concert moves.
CREATE TABLE cells (
    cell integer PRIMARY KEY CHECK (cell >= 0)
);
INSERT INTO cells VALUES (0);

ALTER TABLE concerts ADD COLUMN cell integer NOT NULL DEFAULT 0 REFERENCES cells;

-- Draws the views of all cells anew, in the schema every_cell: one of each table, of the rows of all cells. A migration that
-- changes a table of cells drops that schema first, changes the table in every cell, and calls this. Whoever may read a
-- table may read its view.
CREATE FUNCTION draw_every_cell() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    home text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'cells'::regclass);
    named text;
    parts text;
    step text;
BEGIN
    DROP SCHEMA IF EXISTS every_cell CASCADE;
    IF (SELECT count(*) FROM cells) = 1 THEN
        RETURN;
    END IF;
    CREATE SCHEMA every_cell;
    FOREACH named IN ARRAY ARRAY['waiting_rooms', 'passes', 'seats', 'reservations', 'reservation_seats'] LOOP
        -- A view has no system column, so it can tell from which table a row is.
        SELECT string_agg(format('SELECT tableoid, * FROM %s.%I', CASE cell WHEN 0 THEN home ELSE 'cell_' || cell END,
                                 named), ' UNION ALL ' ORDER BY cell)
        INTO parts FROM cells;
        EXECUTE format('CREATE VIEW every_cell.%I AS %s', named, parts);
        FOR step IN
            SELECT format('GRANT SELECT ON every_cell.%I TO %s', named, grantee_name(grantee))
            FROM pg_class, aclexplode(relacl)
            WHERE pg_class.oid = format('%s.%I', home, named)::regclass AND privilege_type = 'SELECT'
            UNION
            SELECT format('GRANT USAGE ON SCHEMA every_cell TO %s', grantee_name(grantee))
            FROM pg_class, aclexplode(relacl)
            WHERE pg_class.oid = format('%s.%I', home, named)::regclass
        LOOP
            EXECUTE step;
        END LOOP;
    END LOOP;
END
$$;

-- A role as it is written after TO.
CREATE FUNCTION grantee_name(grantee oid) RETURNS text LANGUAGE sql AS $$
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
$$;

-- Makes another cell, with the tables, constraints and indexes that cell 0 has at this moment and for the roles that may use
-- those, and gives its number.
CREATE FUNCTION add_cell() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    home text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'cells'::regclass);
    made integer;
    place text;
    named text;
    original regclass;
    step text;
BEGIN
    LOCK TABLE cells IN SHARE ROW EXCLUSIVE MODE;
    SELECT max(cell) + 1 INTO made FROM cells;
    place := 'cell_' || made;
    EXECUTE format('CREATE SCHEMA %I', place);
    FOREACH named IN ARRAY ARRAY['waiting_rooms', 'passes', 'seats', 'reservations', 'reservation_seats'] LOOP
        original := format('%s.%I', home, named)::regclass;
        EXECUTE format('CREATE TABLE %I.%I (LIKE %s.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED '
                       'INCLUDING IDENTITY INCLUDING STORAGE)', place, named, home, named);
        FOR step IN
            SELECT format('ALTER TABLE %I.%I SET (%s)', place, named, array_to_string(reloptions, ', '))
            FROM pg_class WHERE oid = original AND reloptions IS NOT NULL
        LOOP
            EXECUTE step;
        END LOOP;
        FOR step IN
            SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', place, named, conname, pg_get_constraintdef(oid))
            FROM pg_constraint
            WHERE conrelid = original AND contype IN ('p', 'u', 'f', 'x')
            ORDER BY contype DESC
        LOOP
            EXECUTE step;
        END LOOP;
        FOR step IN
            SELECT replace(pg_get_indexdef(indexrelid), format(' ON %s.%I ', home, named),
                           format(' ON %I.%I ', place, named))
            FROM pg_index
            WHERE indrelid = original
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
        LOOP
            EXECUTE step;
        END LOOP;
        FOR step IN
            SELECT format('GRANT %s ON %I.%I TO %s', privilege_type, place, named, grantee_name(grantee))
            FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = original
            UNION
            SELECT format('GRANT USAGE ON SCHEMA %I TO %s', place, grantee_name(grantee))
            FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = original
        LOOP
            EXECUTE step;
        END LOOP;
    END LOOP;
    INSERT INTO cells VALUES (made);
    PERFORM draw_every_cell();
    RETURN made;
END
$$;
