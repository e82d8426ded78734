-- Spreads the tables that grow with every point over 16 parts each, by the run (docs/scale.md). As their owner, with the site
-- stopped: each table is copied, which needs its room on the disk once more. Names of constraints and
-- indexes stay, and who may read them; policies and triggers of your own do not.
DO $$
DECLARE
    grown text;
    settings text;
    remade text;
    remake text[];
BEGIN
    FOREACH grown IN ARRAY '{tracking_batch, tracking_payload, tracking_chunk, tracking_superseded, tracking_series}'::text[] LOOP
        IF (SELECT relkind = 'p' FROM pg_class WHERE oid = grown::regclass) THEN
            CONTINUE;
        END IF;
        remake := ARRAY(
            SELECT format('ALTER TABLE %I ADD CONSTRAINT %I %s', grown, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE conrelid = grown::regclass AND contype IN ('p', 'u', 'f')
        ) || ARRAY(
            SELECT pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = grown::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        ) || ARRAY(
            SELECT format('GRANT %s ON %I TO %s', privilege_type, grown, coalesce(quote_ident(rolname), 'PUBLIC'))
            FROM pg_class CROSS JOIN aclexplode(relacl) LEFT JOIN pg_roles ON pg_roles.oid = grantee
            WHERE pg_class.oid = grown::regclass AND grantee <> relowner
        ) || ARRAY['ANALYZE ' || grown];
        settings := (SELECT ' WITH (' || array_to_string(reloptions, ', ') || ')' FROM pg_class WHERE oid = grown::regclass);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', grown, grown || '_whole');
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH (run_id)', grown, grown || '_whole');
        FOR part IN 0..15 LOOP
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 16, REMAINDER %s)', grown || '_' || part, grown, part)
                || coalesce(settings, '');
        END LOOP;
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', grown, grown || '_whole');
        EXECUTE format('DROP TABLE %I', grown || '_whole');
        FOREACH remade IN ARRAY remake LOOP
            EXECUTE remade;
        END LOOP;
    END LOOP;
END $$;
