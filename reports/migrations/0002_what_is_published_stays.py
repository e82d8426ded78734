"""A published version cannot be changed, and goes only with its whole report: the database itself refuses."""

from django.db import migrations

REFUSE_CHANGES = """
CREATE FUNCTION reports_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is published and cannot be changed; publish a new version', TG_ARGV[0]
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER version_never_changes BEFORE UPDATE ON reports_version
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_change('A version');
CREATE TRIGGER pinned_chart_never_changes BEFORE UPDATE ON reports_pinnedchart
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_change('A pinned chart');
CREATE TRIGGER frame_never_changes BEFORE UPDATE ON reports_frame
    FOR EACH ROW EXECUTE FUNCTION reports_refuse_change('A frame');
"""

# Deferred to the end of the transaction, because Django deletes what hangs on a report before the report itself.
REFUSE_DELETION = """
CREATE FUNCTION reports_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reports_report WHERE id = OLD.report_id) THEN
        RAISE EXCEPTION 'A published version is deleted only with its report'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION reports_pinned_chart_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reports_version WHERE id = OLD.version_id) THEN
        RAISE EXCEPTION 'A pinned chart is deleted only with its version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER version_stays AFTER DELETE ON reports_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_version_stays();
CREATE CONSTRAINT TRIGGER pinned_chart_stays AFTER DELETE ON reports_pinnedchart
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_pinned_chart_stays();
"""

UNDO = """
DROP TRIGGER version_never_changes ON reports_version;
DROP TRIGGER version_stays ON reports_version;
DROP TRIGGER pinned_chart_never_changes ON reports_pinnedchart;
DROP TRIGGER pinned_chart_stays ON reports_pinnedchart;
DROP TRIGGER frame_never_changes ON reports_frame;
DROP FUNCTION reports_refuse_change();
DROP FUNCTION reports_version_stays();
DROP FUNCTION reports_pinned_chart_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE_CHANGES + REFUSE_DELETION, UNDO)]
