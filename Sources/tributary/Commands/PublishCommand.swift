import ArgumentParser
import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// `tributary publish`: what is public, taken down, or written as pages for another server.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "执法公示 · What is public, what is late, taking down, pages for a web server.",
        discussion: """
            Publishing itself is no command: a step publishes what its procedure says, desensitised, as it is taken. \
            The public reads it at /public/ of the node, without a token.
            """,
        subcommands: [List.self, Withdraw.self, Pages.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "公示列表 · Publications with where they stand.")
        @OptionGroup var api: APIOptions

        @Option(help: ArgumentHelp("归属区划 · Only of this division.", valueName: "code"))
        var home: CodeArgument?

        @Flag(help: "含下级 · With those of the divisions below it.")
        var below = false

        @Option(help: ArgumentHelp("状态 · shown, withdrawn, withheld, expired or not-yet.", valueName: "standing"))
        var standing: String?

        @Option(help: ArgumentHelp("应公示于 · Only what is to be public by this day.", valueName: "YYYY-MM-DD"))
        var due: String?

        @Flag(help: "逾期 · Only what became public too late, or still is not.")
        var late = false

        @Option(help: "条数 · Records that are looked at.")
        var limit = 50

        @Option(help: ArgumentHelp("续页 · What the page before ended with.", valueName: "cursor"))
        var cursor: String?

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            let client = try api.client()
            var parameters: [(name: String, value: String)] = []
            if let home { parameters += [("home", home.code.text), ("below", String(below))] }
            if let standing { parameters.append(("standing", standing)) }
            if let due { parameters.append(("due", due)) }
            if late { parameters.append(("late", "true")) }
            let list = try await CaseOptions.calling { [parameters] () throws(APIFailure) in
                try await client.publications(parameters, cursor: cursor, limit: limit)
            }
            if json { return Terminal.output.line(try JSONOutput.text(list)) }
            var table = Table([
                Table.Column("公示信息 publication"), Table.Column("标题 title", isFlexible: true),
                Table.Column("文书号 document", isFlexible: true), Table.Column("公示 public"),
                Table.Column("期限 due"), Table.Column("状态 standing"),
            ])
            for item in list.publications {
                let late = item.isLate ? "（逾期 late）" : ""
                table.add([
                    item.id, item.title, item.documentNumber ?? "", item.publishedOn ?? "—", item.dueOn ?? "",
                    Self.standing(item.standing) + late,
                ])
            }
            if table.isEmpty {
                Terminal.errors.line("没有符合的公示信息 no such publications here")
            } else {
                Terminal.output.lines(table.lines(for: .output))
            }
            if let next = list.next { Terminal.errors.line("还有更多 there are more: --cursor \(next)") }
        }

        private static func standing(_ name: String) -> String {
            switch name {
            case "shown": "公示中 shown"
            case "withdrawn": "已撤回 withdrawn"
            case "withheld": "不予公示 withheld"
            case "expired": "已到期 expired"
            case "not-yet": "未公示 not yet"
            default: name
            }
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "撤回公示 · Takes a publication down for good, within three working days of the ruling.")
        @OptionGroup var one: RecordOptions

        @Option(help: ArgumentHelp("理由 · Why, for everybody to read; nothing personal.", valueName: "reason"))
        var reason: String

        @Option(
            help: ArgumentHelp(
                "认定之日 · When it was changed, revoked or found unlawful; today by default.", valueName: "YYYY-MM-DD"))
        var ruledOn: String?

        @Flag(help: "误公示 · It should never have been public: at once.")
        var mistake = false

        func run() async throws {
            var request: [String: JSON] = ["reason": .text(reason), "isMistake": .boolean(mistake)]
            if let ruledOn { request["ruledOn"] = .text(ruledOn) }
            let answer = try await one.calling { [request] client, id throws(APIFailure) in
                try await client.withdraw(id, .object(request))
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(answer)) }
            let clock = answer.dueOn.map { "，最迟 no later than \($0)" } ?? ""
            Terminal.output.line(
                "\(answer.publication.id): 已撤回 withdrawn（认定 ruled \(answer.ruledOn)\(clock)）"
                    + (answer.isLate ? "，已逾期 late" : ""))
        }
    }

    struct Pages: AsyncParsableCommand {
        /// Pages of a list: what the node itself shows at most.
        private static let pagesMax = 199

        static let configuration = CommandConfiguration(
            abstract: "公示网页 · Writes the public pages into a directory, for a web server to show under /public/.",
            discussion: """
                What was withdrawn is written as withdrawn, so that a page that stood there before does not stay; what \
                is not shown any more is taken away. Officers are looked up at the node itself.
                """)

        @Argument(help: "目录 · Where to write them; it is made if it is not there.")
        var directory: String

        @OptionGroup var api: APIOptions

        func run() async throws {
            let client = try api.client()
            try Files.makeDirectory(directory, mode: 0o755)
            var known: Set<String> = []
            var written = 0
            do {
                var cursor: String?
                repeat {
                    let list = try await client.publications([], cursor: cursor, limit: 500)
                    for item in list.publications where ["shown", "withdrawn"].contains(item.standing) {
                        known.insert(item.id)
                        try await write(item.id, client, isWithdrawn: item.standing == "withdrawn")
                        written += 1
                    }
                    cursor = list.next
                } while cursor != nil
                let pages = try await writeLists(client)
                let feed = String(decoding: try await client.page("feed.atom"), as: UTF8.self)
                try Files.write(feed, to: "\(directory)/feed.atom")
                let removed = try clean(known, pages: pages)
                Terminal.output.line(
                    "\(directory): 已写出 written \(written.grouped) 条 publications，\(pages) 页 list pages；"
                        + "移除 removed \(removed.grouped)")
            } catch let failure as APIFailure {
                throw CommandFailure(failure)
            }
        }

        /// A page in a folder of its own, so that any server knows what it is.
        private func write(_ html: String, in folder: String) throws(CommandFailure) {
            try Files.makeDirectory(folder, mode: 0o755)
            try Files.write(html, to: "\(folder)/index.html")
        }

        private func write(_ id: String, _ client: APIClient, isWithdrawn: Bool) async throws {
            let html: [UInt8]
            do throws(APIFailure) { html = try await client.page(id) } catch {
                // Withdrawn pages are answered as gone, with the page beside.
                guard isWithdrawn, case .problem(let problem) = error, problem.status == 410 else { throw error }
                html = Array(problem.page.utf8)
            }
            try write(String(decoding: html, as: UTF8.self), in: "\(directory)/\(id)")
        }

        /// - Returns: how many pages the list has.
        private func writeLists(_ client: APIClient) async throws -> Int {
            var page = 1
            while true {
                let html = String(
                    decoding: try await client.page("", query: [("page", String(page))]), as: UTF8.self)
                // A file server knows no query: further pages stand in folders.
                let text = html.replacing("/public/?page=1\"", with: "/public/\"")
                    .replacing(/\/public\/\?page=(\d+)/) { "/public/page/\($0.output.1)/" }
                try write(text, in: page == 1 ? directory : "\(directory)/page/\(page)")
                guard html.contains("rel=\"next\""), page < Self.pagesMax else { return page }
                page += 1
            }
        }

        /// Takes away what earlier runs wrote and nobody may read any more.
        private func clean(_ known: Set<String>, pages: Int) throws(CommandFailure) -> Int {
            let manager = FileManager.default
            let entries: [String]
            let lists: [String]
            do {
                entries = try manager.contentsOfDirectory(atPath: directory)
                lists = pages > 1 ? try manager.contentsOfDirectory(atPath: "\(directory)/page") : []
                var removed = 0
                for name in entries where name.hasPrefix("publication:") && !known.contains(name) {
                    try manager.removeItem(atPath: "\(directory)/\(name)")
                    removed += 1
                }
                for name in lists where Int(name).map({ $0 > pages }) ?? false {
                    try manager.removeItem(atPath: "\(directory)/page/\(name)")
                }
                if pages == 1, entries.contains("page") { try manager.removeItem(atPath: "\(directory)/page") }
                return removed
            } catch {
                throw CommandFailure(.cannotWrite, "\(directory): cannot be tidied: \(Files.reason(error))")
            }
        }
    }
}
