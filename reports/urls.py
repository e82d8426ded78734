"""Pages of reports. Fixed words come before uids; see config/urls.py for what comes before and after these."""

from django.urls import path

from reports.views import comment, draft, report, version

app_name = "reports"

PROJECT = "<slug:team>/<slug:project>"
REPORTS = f"{PROJECT}/reports"
REPORT = f"{REPORTS}/<str:report>"
VERSION = f"{REPORT}/v/<int:number>"
COMMENT = f"{PROJECT}/comments/<str:comment>"

urlpatterns = [
    path("<slug:team>/reports/recent", report.recent_reports, name="recent-reports"),
    path(REPORTS, report.report_list, name="report-list"),
    path(f"{REPORTS}/new", report.report_new, name="report-new"),
    path(REPORT, report.report_detail, name="report-detail"),
    path(f"{REPORT}/edit", draft.report_edit, name="report-edit"),
    path(f"{REPORT}/preview", draft.report_preview, name="report-preview"),
    path(f"{REPORT}/publish", draft.report_publish, name="report-publish"),
    path(f"{REPORT}/take-back", draft.report_take_back, name="report-take-back"),
    path(f"{REPORT}/history", version.report_history, name="report-history"),
    path(VERSION, version.version_detail, name="version-detail"),
    path(f"{VERSION}/restore", version.version_restore, name="version-restore"),
    path(f"{VERSION}/charts/<str:chart>/frame", version.chart_frame, name="chart-frame"),
    path(f"{VERSION}/charts/<str:chart>/frame.csv", version.chart_frame_csv, name="chart-frame-csv"),
    path(f"{REPORT}/comments", comment.report_comments, name="report-comments"),
    path(f"{REPORT}/comments/new", comment.report_comment_new, name="report-comment-new"),
    path(f"{PROJECT}/runs/<str:run>/comments", comment.run_comments, name="run-comments"),
    path(f"{PROJECT}/runs/<str:run>/comments/new", comment.run_comment_new, name="run-comment-new"),
    path(f"{COMMENT}/reply", comment.comment_reply, name="comment-reply"),
    path(f"{COMMENT}/edit", comment.comment_edit, name="comment-edit"),
    path(f"{COMMENT}/resolve", comment.comment_resolve, name="comment-resolve"),
]
