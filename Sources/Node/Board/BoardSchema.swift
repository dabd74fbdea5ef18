/// The tables of the board: everything in them is derived, so there is no migration. A file of another version is
/// thrown away and filled anew from the store.
enum BoardSchema {
    /// "TrBd", in the file's header (SQLite `application_id`).
    static let applicationID: Int64 = 0x5472_4264
    /// Raised with every change of a table, a view, or of what a row holds.
    static let version: Int64 = 4

    static let tables = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE division (
            code TEXT PRIMARY KEY, name TEXT NOT NULL, level TEXT NOT NULL, parent TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX division_by_parent ON division(parent);
        -- Each division with all that stand above it, itself included.
        CREATE TABLE above (
            code TEXT NOT NULL, ancestor TEXT NOT NULL, PRIMARY KEY (ancestor, code)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE indicator (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, zh TEXT NOT NULL, en TEXT NOT NULL
        ) STRICT;
        CREATE TABLE rule (
            finding TEXT PRIMARY KEY, bit INTEGER NOT NULL, id TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
            severity TEXT NOT NULL, points INTEGER NOT NULL, articles TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE weight (system TEXT PRIMARY KEY, points INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        -- One row a case. Days are days since 1970-01-01 in China's time; `month` is months since year 0.
        CREATE TABLE case_row (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL, kind TEXT NOT NULL, division TEXT NOT NULL,
            procedure TEXT NOT NULL, stage TEXT NOT NULL, standing INTEGER NOT NULL,
            body TEXT NOT NULL, item TEXT NOT NULL, place TEXT NOT NULL,
            opened INTEGER NOT NULL, filed INTEGER, decided INTEGER, closed INTEGER, month INTEGER NOT NULL,
            fine_fen INTEGER, due INTEGER, deadline TEXT, warning INTEGER, turns INTEGER, calendar TEXT NOT NULL,
            flags INTEGER NOT NULL,
            publicity INTEGER NOT NULL, publicity_due INTEGER,
            recording INTEGER NOT NULL, recording_due INTEGER, review INTEGER NOT NULL,
            party BLOB, officers TEXT NOT NULL, title TEXT NOT NULL, next TEXT,
            field TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX case_by_key ON case_row(key, division, kind);
        CREATE INDEX case_by_division ON case_row(division, due);
        CREATE INDEX case_by_due ON case_row(due) WHERE due IS NOT NULL;
        CREATE INDEX case_by_item ON case_row(item);
        CREATE INDEX case_open_by_item ON case_row(item) WHERE standing < 2;
        CREATE INDEX case_by_item_there ON case_row(division, item);
        CREATE INDEX case_by_body ON case_row(body, due);
        CREATE INDEX case_by_place ON case_row(place) WHERE place <> '';
        CREATE INDEX case_flagged ON case_row(division) WHERE flags <> 0;
        CREATE INDEX case_turning ON case_row(turns) WHERE turns IS NOT NULL;
        CREATE TABLE case_officer (
            certificate TEXT NOT NULL, case_id INTEGER NOT NULL, PRIMARY KEY (certificate, case_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE case_number (
            series TEXT NOT NULL, number INTEGER NOT NULL, case_id INTEGER NOT NULL, place INTEGER NOT NULL,
            PRIMARY KEY (series, number, case_id, place)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX case_number_by_case ON case_number(case_id);
        CREATE TABLE case_finding (
            case_id INTEGER NOT NULL, place INTEGER NOT NULL, finding TEXT NOT NULL, about TEXT NOT NULL,
            zh TEXT NOT NULL, en TEXT NOT NULL, articles TEXT NOT NULL, PRIMARY KEY (case_id, place)
        ) STRICT, WITHOUT ROWID;
        -- For whom cases wait, whatever the day is; `section` as `WorkSection` numbers them.
        CREATE TABLE case_work (
            case_id INTEGER NOT NULL, section INTEGER NOT NULL, post TEXT NOT NULL, division TEXT NOT NULL,
            body TEXT NOT NULL, field TEXT NOT NULL, step TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
            PRIMARY KEY (case_id, section, post)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX work_by_division ON case_work(section, post, division, case_id);
        CREATE INDEX work_by_body ON case_work(section, post, body, case_id);
        CREATE INDEX work_by_field ON case_work(section, post, field, case_id);
        -- What ids in rows are called. `scope` is the procedure; empty for what means the same in all of them.
        CREATE TABLE word (
            scope TEXT NOT NULL, sort TEXT NOT NULL, id TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
            PRIMARY KEY (scope, sort, id)
        ) STRICT, WITHOUT ROWID;

        -- Counts, kept as cases come and go. What a count comes to on a day is the sum over all days before it; day 0
        -- holds what counts whatever the day is.
        CREATE TABLE tally (
            division TEXT NOT NULL, indicator INTEGER NOT NULL, day INTEGER NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (division, indicator, day)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tally_empty ON tally(division) WHERE amount = 0;
        CREATE TABLE body_tally (
            body TEXT NOT NULL, indicator INTEGER NOT NULL, day INTEGER NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (body, indicator, day)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX body_tally_empty ON body_tally(body) WHERE amount = 0;
        CREATE TABLE month_tally (
            division TEXT NOT NULL, item TEXT NOT NULL, month INTEGER NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (division, item, month)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX month_tally_empty ON month_tally(division) WHERE amount = 0;
        CREATE INDEX month_tally_by_month ON month_tally(division, month, amount);
        CREATE TABLE officer_tally (
            officer TEXT NOT NULL, indicator INTEGER NOT NULL, day INTEGER NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (officer, indicator, day)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX officer_tally_empty ON officer_tally(officer) WHERE amount = 0;
        -- What happened in a month, by division with all below it; `trend` as `BoardTrend` numbers them.
        CREATE TABLE flow_tally (
            division TEXT NOT NULL, month INTEGER NOT NULL, trend INTEGER NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (division, month, trend)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX flow_tally_empty ON flow_tally(division) WHERE amount = 0;
        -- Cases of a month at a place, for the division they belong to alone.
        CREATE TABLE place_tally (
            month INTEGER NOT NULL, division TEXT NOT NULL, place TEXT NOT NULL, item TEXT NOT NULL,
            amount INTEGER NOT NULL, PRIMARY KEY (month, division, place, item)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX place_tally_empty ON place_tally(month) WHERE amount = 0;
        -- The division a body acts in, by its first case.
        CREATE TABLE body (code TEXT PRIMARY KEY, division TEXT NOT NULL) STRICT, WITHOUT ROWID;
        -- The division and body an officer acts in, by his first case; he is named by his certificate.
        CREATE TABLE officer (code TEXT PRIMARY KEY, division TEXT NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX officer_by_division ON officer(division);
        CREATE INDEX body_by_division ON body(division);

        CREATE TABLE directive (
            record TEXT PRIMARY KEY, division TEXT NOT NULL, about TEXT, sort TEXT NOT NULL, source TEXT NOT NULL,
            due INTEGER, acknowledged TEXT, officer TEXT, answers INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX directive_by_division ON directive(division);
        CREATE TABLE number_block (
            record TEXT PRIMARY KEY, division TEXT NOT NULL, body TEXT NOT NULL, series TEXT NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, void_from INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX number_block_by_series ON number_block(series, first);
        CREATE TABLE number_explanation (
            block TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, cause TEXT NOT NULL,
            PRIMARY KEY (block, first, last, cause)
        ) STRICT, WITHOUT ROWID;

        -- Cases to be judged anew, oldest first.
        CREATE TABLE dirty (place INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE) STRICT;
        -- News that concern many cases: how far they have been handed out to `dirty`.
        CREATE TABLE news (
            sort TEXT NOT NULL, key TEXT NOT NULL, after INTEGER NOT NULL, PRIMARY KEY (sort, key)
        ) STRICT, WITHOUT ROWID;
        -- Cases that could not be judged with what this node holds.
        CREATE TABLE unjudged (record TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        """

    /// Everything that comes of cases, records and the place in the log, taken away.
    static let emptied = """
        DELETE FROM case_row; DELETE FROM case_officer; DELETE FROM case_number; DELETE FROM case_finding;
        DELETE FROM case_work; \(countsEmptied)
        DELETE FROM directive; DELETE FROM number_block; DELETE FROM number_explanation;
        DELETE FROM dirty; DELETE FROM news;
        DELETE FROM unjudged; DELETE FROM meta WHERE key IN ('position', 'entry')
        """

    /// All counts and what is kept by their side.
    static let countsEmptied = """
        DELETE FROM tally; DELETE FROM body_tally; DELETE FROM month_tally; DELETE FROM officer_tally;
        DELETE FROM flow_tally; DELETE FROM place_tally; DELETE FROM body; DELETE FROM officer;
        """
}
