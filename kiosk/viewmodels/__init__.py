"""View-models: mirror the till's snapshots for QML and forward touches; no rule lives here."""
