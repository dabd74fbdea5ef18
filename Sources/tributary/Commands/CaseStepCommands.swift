import ArgumentParser
import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// What is done in a case.
extension CaseCommand {
    struct Step: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "办理环节 · Takes a step, with its facts, its document and its number.",
            discussion: """
                Facts that the step asks for are entered with it: --fact fine-fen=2000元 --fact item=…. What they hold \
                is checked by the procedure. A step that may not be taken is refused with the articles that stand in \
                its way, and neither step, document nor number is written; facts that were given stay entered.
                """)
        @OptionGroup var one: CaseOptions

        @Argument(help: "环节 · The step, as `case next` names it.")
        var step: String

        @Option(help: ArgumentHelp("结果 · What it came to; the first of its outcomes by default.", valueName: "outcome"))
        var outcome: String?

        @Option(help: ArgumentHelp("事实 · A fact entered with it; may be repeated.", valueName: "fact=value"))
        var fact: [FactArgument] = []

        @Option(
            name: .customLong("with"), help: ArgumentHelp("同办人员证号 · Who takes it with you.", valueName: "certificate"))
        var others: [String] = []

        @Option(help: ArgumentHelp("岗位 · As what you take it, where you hold several posts.", valueName: "post"))
        var post: String?

        @Option(help: ArgumentHelp("时间 · When it was done; now by default.", valueName: "YYYY-MM-DDTHH:MM"))
        var at: String?

        @Option(help: ArgumentHelp("数值 · A number that is added up, such as score=87.", valueName: "name=number"))
        var figure: [FactArgument] = []

        @Option(help: ArgumentHelp("证据摘要 · The digest of a file that belongs to it.", valueName: "digest"))
        var evidence: [String] = []

        @Option(help: ArgumentHelp("备注 · What it refers to beside, by name; never personal.", valueName: "name=text"))
        var detail: [FactArgument] = []

        func run() async throws {
            let (client, id) = try await one.found()
            let taken: TakenStepMessage
            do {
                taken = try await client.takeStep(.object(try await request(client, id)), in: id)
            } catch let failure as APIFailure {
                throw CommandFailure(failure)
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(taken)) }
            let name = taken.record.steps.last?.name
            Terminal.output.line("已办理 taken: \(name?.chinese ?? step) \(name?.english ?? "")")
            if let number = taken.number { Terminal.output.line("文号 number: \(number)") }
            for issued in taken.record.steps.last?.issued ?? [] {
                Terminal.output.line("文书 document: \(issued.kind)  \(issued.digest)")
            }
            for published in taken.published { Terminal.output.line("已公示 public: \(published)") }
            Terminal.errors.lines(CaseText.next(taken.record, .errors))
        }

        private func request(_ client: APIClient, _ id: RecordID) async throws -> [String: JSON] {
            var request: [String: JSON] = ["step": .text(step)]
            if let outcome { request["outcome"] = .text(outcome) }
            if !fact.isEmpty {
                let known = try await Fact.known(of: id, client)
                request["facts"] = .object(try FactArgument.values(fact, known))
            }
            if !others.isEmpty { request["with"] = .array(others.map(JSON.text)) }
            if let post { request["post"] = .text(post) }
            if let at { request["at"] = .text(at) }
            if !evidence.isEmpty { request["evidence"] = .array(evidence.map(JSON.text)) }
            if !figure.isEmpty {
                var figures: [String: JSON] = [:]
                for argument in figure {
                    guard let number = Int64(argument.text) else {
                        throw CommandFailure(.usage, "--figure: \(argument.text) is not an integer")
                    }
                    figures[argument.fact] = .integer(number)
                }
                request["figures"] = .object(figures)
            }
            if !detail.isEmpty {
                request["details"] = .object(
                    Dictionary(detail.map { ($0.fact, JSON.text($0.text)) }) { _, last in last })
            }
            return request
        }
    }

    struct Fact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "补充事实 · Makes facts of a case known, or changes them.")
        @OptionGroup var one: CaseOptions

        @Argument(help: ArgumentHelp("事实 · Facts and their values.", valueName: "fact=value"))
        var facts: [FactArgument]

        func run() async throws {
            let (client, id) = try await one.found()
            let record: CaseMessage
            do {
                let known = try await Self.known(of: id, client)
                record = try await client.enterFacts(try FactArgument.values(facts, known), into: id)
            } catch let failure as APIFailure {
                throw CommandFailure(failure)
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(record)) }
            Terminal.output.lines(CaseText.facts(record, .output))
        }

        /// The facts of the procedure that a case is pinned to, as far as they are known: those its steps ask for, then
        /// those of the version in force.
        static func known(of id: RecordID, _ client: APIClient) async throws(APIFailure) -> [AskedFactMessage] {
            let record = try await client.caseFile(id)
            let name = record.procedure.prefix { $0 != "@" }
            let inForce = try await client.procedures().procedures.filter { $0.id == name }
            return record.next.flatMap(\.asks) + inForce.flatMap(\.facts)
        }
    }

    struct DocumentPage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "document", abstract: "文书 · Writes a document of a case as a page that is ready to print.",
            discussion: """
                A document that was issued is written as it was frozen, byte for byte. One that was not, or with \
                --draft, is written as it would be issued now, without a number.
                """)
        @OptionGroup var one: CaseOptions

        @Argument(help: "文书种类 · The kind of document, such as penalty-decision.")
        var kind: String

        @Option(
            name: [.short, .long],
            help: ArgumentHelp("写入文件 · Where to write it; - is standard output.", valueName: "file"))
        var out: String

        @Flag(help: "草稿 · As it would be issued now, even if one was issued.")
        var draft = false

        func run() async throws {
            let (client, id) = try await one.found()
            let (page, issued): ([UInt8], IssuedMessage?)
            do throws(APIFailure) {
                let steps = try await client.caseFile(id).steps
                let frozen = draft ? nil : steps.last { $0.counts && $0.issued.contains { $0.kind == kind } }
                issued = frozen?.issued.last { $0.kind == kind }
                if let issued {
                    page = try await client.file(issued.digest)
                } else {
                    page = try await client.draft(kind, of: id)
                }
            } catch {
                throw CommandFailure(error)
            }
            guard let text = String(validating: page, as: UTF8.self) else {
                throw CommandFailure(.failed, "the node's document is not text in UTF-8; report this as a fault")
            }
            try Files.write(text, to: out)
            guard out != Files.standard else { return }
            if one.json {
                return Terminal.output.line(
                    try JSONOutput.text([
                        "file": out, "kind": kind, "number": issued?.number ?? "", "digest": issued?.digest ?? "",
                    ]))
            }
            let state =
                issued.map { "已签发 issued \($0.number ?? "")  \($0.digest)" } ?? "草稿 draft"
            Terminal.output.line("\(out)  \(state)")
        }
    }

    struct Evidence: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "证据 · Hands in a file from the scene and attaches it to a case.",
            discussion: """
                The file is kept under its digest and never altered. A recording is to be handed in within one working \
                day of its capture, or of there being a line (广东省行政执法全过程记录办法第23条): the answer says by when.
                """)
        @OptionGroup var one: CaseOptions

        @Argument(help: "文件 · The file.")
        var file: String

        @Option(help: ArgumentHelp("证据种类 · 书证, 物证, 视听资料, 电子数据 …", valueName: "kind"))
        var kind: String

        @Option(help: ArgumentHelp("采集时间 · When it was captured.", valueName: "YYYY-MM-DDTHH:MM"))
        var capturedAt: String

        @Option(help: ArgumentHelp("记录环节 · The step that it records.", valueName: "step"))
        var recording: String?

        @Option(help: ArgumentHelp("采集地点 · Where.", valueName: "place"))
        var place: String?

        @Option(help: ArgumentHelp("采集人员证号 · By whom; the token's own by default.", valueName: "certificate"))
        var officer: String?

        @Option(help: ArgumentHelp("设备 · With what.", valueName: "device"))
        var device: String?

        @Option(help: ArgumentHelp("中断说明 · Why the recording before it ended.", valueName: "reason"))
        var interruption: String?

        @Option(help: ArgumentHelp("具备上传条件时间 · From when on there was a line.", valueName: "YYYY-MM-DDTHH:MM"))
        var connectedAt: String?

        @Option(help: ArgumentHelp("格式 · Its media type, such as video/mp4.", valueName: "type"))
        var mediaType: String?

        @Option(help: ArgumentHelp("说明 · What it shows.", valueName: "text"))
        var caption: String?

        func run() async throws {
            guard Files.exists(file), !Files.isDirectory(file) else {
                throw CommandFailure(.noInput, "\(file): there is no such file")
            }
            let (client, id) = try await one.found()
            let attached: EvidenceMessage
            do throws(APIFailure) {
                let uploaded = try await client.uploadFile(file, byteCount: Files.size(file))
                attached = try await client.attachEvidence(.object(request(uploaded.digest)), to: id)
            } catch {
                throw CommandFailure(error)
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(attached)) }
            var listing = Listing()
            listing.add("证据 evidence", attached.record)
            listing.add("摘要 digest", attached.digest)
            let clock = attached.dueAt.map { "，期限 due \($0)" } ?? ""
            listing.add("上传 handed in", attached.attachedAt + clock + (attached.isLate ? "（已超期 late）" : ""))
            Terminal.output.lines(listing.lines(for: .output))
            for finding in attached.findings {
                Terminal.errors.line(
                    "\(Terminal.errors.styled("提示 note", .yellow)) \(finding.chinese) \(finding.english)")
            }
        }

        private func request(_ digest: String) -> [String: JSON] {
            let texts: [(String, String?)] = [
                ("digest", digest), ("kind", kind), ("capturedAt", capturedAt), ("recording", recording),
                ("place", place), ("officer", officer), ("device", device), ("interruption", interruption),
                ("connectedAt", connectedAt), ("mediaType", mediaType), ("caption", caption),
            ]
            return Dictionary(texts.compactMap { name, text in text.map { (name, JSON.text($0)) } }) { _, last in last }
        }
    }

    struct Takeover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "移交与接管 · Hands a case to other officers or another office; by a superior, takes it over.")
        @OptionGroup var one: CaseOptions

        @Option(help: ArgumentHelp("承办区划 · The division that handles it from now on.", valueName: "code"))
        var division: CodeArgument

        @Option(help: ArgumentHelp("承办主体代码 · The body.", valueName: "code"))
        var body: String

        @Option(help: ArgumentHelp("承办人员证号 · The officers, the first leads.", valueName: "certificate"))
        var officer: [String] = []

        func run() async throws {
            let (client, id) = try await one.found()
            let request: JSON = [
                "division": .text(division.code.text), "body": .text(body),
                "officers": .array(officer.map(JSON.text)),
            ]
            let record = try await CaseOptions.calling { () throws(APIFailure) in
                try await client.grantHandler(request, of: id)
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(record)) }
            Terminal.output.line("承办 handled by: \(record.handler ?? "")")
        }
    }

    struct Rule: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "上级裁定 · A superior's word on a step: confirm, set-aside, designate or hand-over.")
        @OptionGroup var one: CaseOptions

        @Argument(help: "裁定 · confirm 确认, set-aside 撤销, designate 指定, hand-over 移交其他单位.")
        var ruling: String

        @Option(help: ArgumentHelp("环节序号 · The step's number in `case show`.", valueName: "n"))
        var step: Int

        @Option(help: ArgumentHelp("理由 · Why.", valueName: "reason"))
        var reason: String

        @Option(help: ArgumentHelp("另案 · The rival case that is decided about.", valueName: "record"))
        var rival: String?

        func run() async throws {
            let (client, id) = try await one.found()
            let before = try await CaseOptions.calling { () throws(APIFailure) in try await client.caseFile(id) }
            guard before.steps.indices.contains(step - 1) else {
                throw CommandFailure(
                    .usage, "--step: the case has \(before.steps.count) steps; `case show` numbers them")
            }
            var request: [String: JSON] = [
                "ruling": .text(ruling), "target": .text(before.steps[step - 1].target), "reason": .text(reason),
            ]
            if let rival { request["rival"] = .text(try await CaseOptions.find(rival, client).description) }
            let record = try await CaseOptions.calling { [request] () throws(APIFailure) in
                try await client.rule(.object(request), in: id)
            }
            if one.json { return Terminal.output.line(try JSONOutput.text(record)) }
            Terminal.output.lines(CaseText.lines(record, .output))
        }
    }
}
