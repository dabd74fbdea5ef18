import Casework

/// The views of the board, for anyone who opens the file with `sqlite3`; `Docs/supervision.md` explains each. What
/// depends on the day reads it from the view `today`; the program asks the same questions with a day of its own.
enum BoardViews {
    /// The day it is in China, in days since 1970.
    private static let today = "(SELECT day FROM today)"

    static let all = """
        CREATE VIEW today AS SELECT CAST(julianday('now', '+8 hours') - 2440587.5 AS INTEGER) AS day;
        CREATE VIEW cases AS
            SELECT id,
                kind || ':' || division || ':' || CASE kind WHEN 'urgent-case' THEN 'up-urgent' ELSE 'up' END || ':'
                    || lower(hex(key)) AS record,
                division, body, item, place, procedure, stage,
                CASE standing WHEN 0 THEN 'open' WHEN 1 THEN 'waiting' ELSE 'ended' END AS standing,
                \(date("opened")) AS opened, \(date("filed")) AS filed, \(date("decided")) AS decided,
                \(date("closed")) AS closed, \(month("month")) AS month, fine_fen, \(date("due")) AS due, deadline,
                calendar
            FROM case_row;
        CREATE VIEW overdue AS
            SELECT c.record, r.division, d.name AS division_name, r.body, r.item, r.procedure, r.stage, r.deadline,
                c.due, \(today) - r.due AS days_over
            FROM case_row r JOIN cases c ON c.id = r.id LEFT JOIN division d ON d.code = r.division
            WHERE r.due < \(today);
        CREATE VIEW nearly_overdue AS
            SELECT c.record, r.division, d.name AS division_name, r.body, r.item, r.procedure, r.stage, r.deadline,
                c.due, r.due - \(today) AS days_left
            FROM case_row r JOIN cases c ON c.id = r.id LEFT JOIN division d ON d.code = r.division
            WHERE r.due >= \(today) AND r.warning <= \(today);
        CREATE VIEW flags AS
            SELECT c.record, r.division, r.body, r.item, u.finding, u.id AS rule, u.zh, u.en, u.severity, u.articles
            FROM (SELECT id, division, body, item, \(flags(today: today)) AS found FROM case_row) r
            JOIN cases c ON c.id = r.id JOIN rule u ON (r.found >> u.bit) & 1;
        CREATE VIEW findings AS
            SELECT c.record, r.division, r.body, f.finding, f.about, f.zh, f.en, f.articles, u.severity
            FROM case_finding f JOIN case_row r ON r.id = f.case_id JOIN cases c ON c.id = r.id
            LEFT JOIN rule u ON u.finding = f.finding;
        CREATE VIEW three_systems AS
            SELECT c.record, r.division, r.body, r.item,
                CASE r.publicity WHEN 0 THEN 'none' WHEN 2 THEN 'done' ELSE 'owed' END AS publicity,
                \(date("r.publicity_due")) AS publicity_due,
                CASE r.recording WHEN 0 THEN 'none' WHEN 2 THEN 'done' ELSE 'owed' END AS recording,
                \(date("r.recording_due")) AS recording_due,
                CASE r.review WHEN 0 THEN 'none' WHEN 2 THEN 'passed' ELSE 'needed' END AS review
            FROM case_row r JOIN cases c ON c.id = r.id;
        CREATE VIEW indicators AS
            SELECT t.division, d.name AS division_name, d.level, d.parent, i.id AS indicator, i.zh, i.en,
                sum(t.amount) AS amount
            FROM tally t JOIN indicator i ON i.number = t.indicator LEFT JOIN division d ON d.code = t.division
            WHERE t.day < \(today) GROUP BY t.division, t.indicator;
        CREATE VIEW scores AS \(scores(today: today));
        CREATE VIEW officer_scores AS \(scores(today: today, of: .officer));
        CREATE VIEW item_counts AS
            SELECT division, item, place, \(month("month")) AS month, count(*) AS cases FROM case_row
            GROUP BY division, item, place, case_row.month;
        CREATE VIEW hot_spots AS \(hotSpots(month: currentMonth));
        CREATE VIEW repeat_parties AS
            SELECT lower(hex(party)) AS party, count(*) AS cases, count(DISTINCT item) AS items,
                count(DISTINCT division) AS divisions, \(date("min(opened)")) AS first, \(date("max(opened)")) AS last
            FROM case_row WHERE party IS NOT NULL GROUP BY party HAVING count(*) > 1;
        CREATE VIEW number_gaps AS \(numberGaps);
        CREATE VIEW numbers_twice AS
            SELECT series, number, count(*) AS documents FROM case_number GROUP BY series, number HAVING count(*) > 1;
        CREATE VIEW open_directives AS \(openDirectives(today: today));
        """

    // MARK: Questions with a day

    /// A day as a date.
    static func date(_ day: String) -> String { "date(\(day) * 86400, 'unixepoch')" }

    /// Months since year 0 as `YYYY-MM`.
    static func month(_ month: String) -> String { "printf('%04d-%02d', \(month) / 12, \(month) % 12 + 1)" }

    private static let currentMonth = """
        (SELECT CAST(strftime('%Y', day * 86400, 'unixepoch') AS INTEGER) * 12
            + CAST(strftime('%m', day * 86400, 'unixepoch') AS INTEGER) - 1 FROM today)
        """

    /// All findings of a row of `case_row`, as `SupervisionFlags` holds them.
    static func flags(today: String) -> String {
        """
        flags | ifnull(due < \(today), 0) | (ifnull(warning <= \(today) AND due >= \(today), 0) << 1)
            | (ifnull(recording_due < \(today), 0) << 6) | (ifnull(publicity_due < \(today), 0) << 7)
        """
    }

    /// Who has a score.
    enum Scored: String {
        case body, officer
    }

    /// A score: 100 shared among the three systems by weight, each by the part of the cases in which nothing is amiss,
    /// less the points of the rules by the part of the cases that have the finding. Of a body all cases count, of an
    /// officer those in which he took part; numbers that were left out count for the body alone.
    ///
    /// - Parameter among: SQL for the codes that are wanted; nil for all.
    static func scores(today: String, of scored: Scored = .body, among: String? = nil) -> String {
        let number = { (indicator: BoardIndicator) in
            "ifnull(max(n) FILTER (WHERE indicator = \(indicator.number)), 0)"
        }
        let (name, wanted) = (scored.rawValue, among.map { " AND \(scored.rawValue) IN (\($0))" } ?? "")
        let gaps =
            scored == .body
            ? "SELECT body AS who, sum(last - first + 1) AS n FROM number_gaps WHERE NOT explained GROUP BY body"
            : "SELECT NULL AS who, 0 AS n WHERE 0"
        let weighed = """
            (SELECT sum(points * CASE system WHEN 'publicity' THEN p.publicity
                WHEN 'recording' THEN p.recording ELSE p.review END) / sum(points) FROM weight)
            """
        return """
            WITH counted AS (
                SELECT \(name) AS who, indicator, sum(amount) AS n FROM \(name)_tally WHERE day < \(today)\(wanted)
                GROUP BY \(name), indicator
            ), wide AS (
                SELECT who, \(number(.cases)) AS cases,
                    \(number(.publicityDone)) + \(number(.publicityOwed)) AS public,
                    \(number(.finding(.publicityLate))) AS public_late,
                    \(number(.recordingDone)) + \(number(.recordingOwed)) AS recorded,
                    \(number(.finding(.missingRecording))) AS unrecorded,
                    \(number(.reviewPassed)) + \(number(.reviewSkipped)) AS reviewed,
                    \(number(.reviewSkipped)) AS unreviewed
                FROM counted GROUP BY who
            ), gaps AS (\(gaps)), loss AS (
                SELECT who, sum(points * min(1.0, 1.0 * n / cases)) AS points FROM (
                    SELECT w.who, u.points, c.n, w.cases FROM wide w JOIN counted c ON c.who = w.who
                    JOIN rule u ON c.indicator = 100 + u.bit WHERE w.cases > 0
                    UNION ALL
                    SELECT w.who, u.points, g.n, w.cases FROM wide w JOIN gaps g ON g.who = w.who
                    JOIN rule u ON u.finding = 'number-gap' WHERE w.cases > 0
                ) GROUP BY who
            ), parts AS (
                SELECT w.*, ifnull(l.points, 0) AS lost,
                    100.0 * (1 - ifnull(1.0 * min(public_late, public) / nullif(public, 0), 0)) AS publicity,
                    100.0 * (1 - ifnull(1.0 * min(unrecorded, recorded) / nullif(recorded, 0), 0)) AS recording,
                    100.0 * (1 - ifnull(1.0 * unreviewed / nullif(reviewed, 0), 0)) AS review
                FROM wide w LEFT JOIN loss l ON l.who = w.who WHERE w.cases > 0
            )
            SELECT p.who AS \(name), b.division, \(scored == .officer ? "b.body, " : "")p.cases,
                round(p.publicity, 2) AS publicity, round(p.recording, 2) AS recording, round(p.review, 2) AS review,
                round(\(weighed), 2) AS three_systems, round(p.lost, 2) AS lost,
                round(max(0, \(weighed) - p.lost), 2) AS score
            FROM parts p LEFT JOIN \(name) b ON b.code = p.who
            """
    }

    /// Items whose cases in a month are more than in the six months before it on average.
    static func hotSpots(month: String) -> String {
        """
        SELECT division, item, \(self.month("month")) AS month, cases, round(before / 6.0, 2) AS mean_before,
            CASE WHEN before = 0 THEN NULL ELSE round(cases * 6.0 / before, 2) END AS growth
        FROM (
            SELECT t.division, t.item, t.month, t.amount AS cases, (
                SELECT ifnull(sum(p.amount), 0) FROM month_tally p
                WHERE p.division = t.division AND p.item = t.item AND p.month BETWEEN t.month - 6 AND t.month - 1
            ) AS before
            FROM month_tally t WHERE t.month = \(month) AND t.amount > 0
        ) WHERE cases * 6 > before
        """
    }

    /// Numbers left out below the last one used of a block; what was declared void is no gap. A gap is explained where
    /// its first number is, and every number that follows an explanation within it.
    static let numberGaps = """
        SELECT body, division, series, before + 1 AS first, number - 1 AS last, EXISTS (
            SELECT 1 FROM number_explanation e
            WHERE e.block = record AND before + 1 BETWEEN e.first AND e.last
        ) AND NOT EXISTS (
            SELECT 1 FROM number_explanation e
            WHERE e.block = record AND e.last + 1 BETWEEN before + 1 AND number - 1 AND NOT EXISTS (
                SELECT 1 FROM number_explanation o
                WHERE o.block = e.block AND e.last + 1 BETWEEN o.first AND o.last
            )
        ) AS explained FROM (
            SELECT b.record, b.body, b.division, b.series, n.number,
                lag(n.number, 1, b.first - 1) OVER (PARTITION BY b.record ORDER BY n.number) AS before
            FROM number_block b JOIN (SELECT DISTINCT series, number FROM case_number) n
                ON n.series = b.series AND n.number BETWEEN b.first AND min(b.last, ifnull(b.void_from - 1, b.last))
        ) WHERE number > before + 1
        """

    static func openDirectives(today: String) -> String {
        """
        SELECT record, division, about, sort, source, \(date("due")) AS due, acknowledged, officer, answers,
            acknowledged IS NULL AS unacknowledged, ifnull(due < \(today), 0) AND answers = 0 AS late
        FROM directive WHERE acknowledged IS NULL OR answers = 0
        """
    }
}
