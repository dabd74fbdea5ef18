/// A run as one page that a person can open without a network: what was played, what went wrong on purpose, where every
/// entry went, and what was checked.
///
/// The page is HTML that is well-formed XML too. It reads without scripts; with them its diagram opens into counties and
/// towns and shows the path of any one entry, `#entry-N` being the entry of that index in the journal. It shows what the
/// journal holds and nothing else; field values are in neither.
package struct Report: Sendable {
    /// More machines than this are drawn as one lane per city, to be opened.
    package static let lanesMax = 40
    /// Entries whose path is written out in the page itself, for readers without scripts.
    static let writtenPathsMax = 60
    /// Stations of entries that the page keeps for its script, over all entries: about 12 bytes each.
    static let stationsMax = 120_000
    /// Stations any entry keeps before the others' shares are used up.
    static let stationsPerEntryMin = 24
    static let linesMax = 50
    static let findingsMax = 20

    private let journal: Journal

    package init(_ journal: Journal) { self.journal = journal }

    /// The whole file: a few hundred kilobytes for a handful of offices and four megabytes for a province's day; up to ten
    /// if something befell every machine all the time.
    package var html: String {
        let scale = TimeScale(from: journal.begins, through: journal.ends)
        let outages = Outages(journal)
        let paths = EntryPaths(journal, outages: outages)
        let story = ReportStory(journal, outages: outages, paths: paths)
        let diagram = SpaceTimeDiagram(journal, scale: scale, outages: outages, paths: paths)
        let charts = LevelCharts(journal, scale: scale, outages: outages)
        let tables = ReportTables(journal)
        return """
            <!DOCTYPE html>
            <html lang="zh-Hans">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(Markup.escape(journal.title)) · \(journal.seed)</title>
            <style>
            \(ReportStyle.text)
            </style>
            </head>
            <body>
            \(Glyph.definitions)
            <main>
            \(story.heading)
            \(story.explanation)
            \(diagram.section)
            \(charts.section)
            \(tables.section)
            \(story.replay)
            </main>
            <script type="application/json" id="data">\(diagram.data)</script>
            <script>
            //<![CDATA[
            \(ReportScript.layout)
            \(ReportScript.paths)
            //]]>
            </script>
            </body>
            </html>

            """
    }
}
