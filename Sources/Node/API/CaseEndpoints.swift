import Casework
import Divisions
import Hummingbird
import Lattice
import Ledger
import Libraries
import Papers
import Replication
import Store

/// Cases: opening them, what is next, taking steps, documents, takeovers and a superior's word.
extension API {
    // MARK: Reading

    func listProcedures(_ call: APICall) async throws -> Response {
        let today = today
        let procedures = try await knowing { knowledge in
            cases.inUse(on: today.day, knowing: knowledge).map { ProcedureMessage($0.procedure) }
        }
        return try Self.json(ProcedureList(procedures: procedures))
    }

    func readCase(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        let message = try await message(of: id, for: holder)
        try await logView(.case, of: id, call, holder)
        let bytes = try Self.encoded(message)
        return Self.answer(
            .ok, bytes, type: "application/json", headers: [.eTag: EntityTag.joined(message.etag, bytes)])
    }

    /// What stands in a document for the number that it will bear.
    static let numberToCome = "（待编号）"

    func previewDocument(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        guard let kind = call.path("kind") else {
            throw Problem(.badValue, "the path names no document kind", at: "path:kind")
        }
        try await checkSight(of: id, holder)
        let now = today
        let certificate = try await certificate(of: holder)
        let document = try await reading(id) { reading in
            let context = reading.context(at: now, officers: certificate.map { [$0] } ?? [], number: Self.numberToCome)
            return try Self.render(kind, context, knowing: reading.knowledge)
        }
        try await logView(.document, of: id, call, holder)
        return Self.answer(.ok, Array(document.html.utf8), type: "text/html; charset=utf-8")
    }

    func readVolume(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        _ = try await message(of: id, for: holder)
        let sealed = try await reading(id) { reading in reading.sealedVolume }
        guard let sealed, let digest = Digest(sha256: sealed), let text = try text(ofFile: digest),
            let volume = ArchiveVolume(text)
        else { throw Problem(.notFound, "the case is not archived, or its sealed list is not here yet", at: "path:id") }
        var held: [String: String] = [:]
        var absent: [String] = []
        for placed in volume.pieces {
            let piece = placed.piece
            guard let digest = Digest(sha256: piece.digest), let bytes = try bytes(ofFile: digest) else {
                absent.append(piece.name)
                continue
            }
            held[piece.name] = Digest.of(Suite.p256.rawValue, bytes).sha256Text
        }
        try await logView(.volume, of: id, call, holder)
        return try Self.json(VolumeMessage(volume, volume.verify(having: held), absent: absent))
    }

    private func text(ofFile digest: Digest) throws(Problem) -> String? {
        try bytes(ofFile: digest).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private func bytes(ofFile digest: Digest) throws(Problem) -> [UInt8]? {
        guard let count = core.files.byteCount(of: digest) else { return nil }
        do throws(StoreFailure) { return try core.files.read(digest, from: 0, count: count) } catch {
            throw Problem(error)
        }
    }

    // MARK: Writing

    func openCase(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let request = try OpenCaseRequest(try await call.body())
        let home = try home(request.home, holder, at: "/home")
        let (now, key) = (today, drawKey())
        let author = try await certificate(of: holder)
        let (id, edits) = try await knowing { knowledge in
            guard
                let found = cases.inUse(on: now.day, knowing: knowledge).first(where: {
                    $0.procedure.id == request.procedure
                })
            else {
                throw Problem(
                    .badValue, "no version of this procedure is in force here: see GET /v1/procedures", at: "/procedure"
                )
            }
            let procedure = found.procedure
            let kind = procedure.isUrgent ? CaseworkKinds.urgentCase : LibraryKinds.caseFile
            let id = RecordID(home: home, flow: kind.flow, kind: kind.name, key: key)
            let officers = request.officers.isEmpty ? author.map { [$0] } ?? [] : request.officers
            let edits = CasePlan(procedure: procedure, knowledge: knowledge).open(
                id, handler: (holder.division, holder.body, officers),
                facts: try request.facts.facts(of: procedure, at: "/facts"), pin: found.pin, origin: request.origin)
            return (id, edits)
        }
        try check(.edit(try kind(id.kind, at: "/procedure")), holder, at: "/procedure")
        let opened = call.key?.earlier?.records.first ?? id
        if opened == id { _ = try await write(edits, to: id, holder, change: change(of: call)) }
        return try await answer(opened, call, holder, status: .created)
    }

    func enterFacts(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try await writableCase(call, holder)
        let request = try EnterFactsRequest(try await call.body())
        try await changing(id, call) { change in
            try await enter(request.facts, seen: request.seen, into: id, holder, change: change)
        }
        return try await answer(id, call, holder)
    }

    func takeStep(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try await writableCase(call, holder)
        let request = try TakeStepRequest(try await call.body())
        let taken = try await gate.holding([id]) {
            if let earlier = call.key?.earlier { return try await takenBefore(earlier, in: id, holder) }
            try checkPrecondition(call, try await visible(id))
            return try await take(request, in: id, holder, change: change(of: call))
        }
        try await logView(.case, of: id, call, holder)
        return try Self.json(taken, status: .created, headers: [.eTag: taken.record.etag])
    }

    func grantHandler(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try await writableCase(call, holder)
        let request = try GrantRequest(try await call.body())
        guard core.tree.isAtOrBelow(id.home, request.division) else {
            throw Problem(
                .homeForbids, "a case is handled by its own office or one above", at: "/division")
        }
        try await changing(id, call) { change in
            let edit = try await reading(id) { reading in
                if let held = reading.history.handler, let level = core.tree.level(of: holder.division),
                    let above = core.tree.level(of: held.division), level > above
                {
                    throw Self.refused([
                        .broken(
                            Bilingual("本案由上级承办，不能收回", "a superior handles the case: it is not taken back from below"))
                    ])
                }
                return reading.plan.grant((request.division, request.body, request.officers), in: reading.history)
            }
            _ = try await write([edit], to: id, holder, change: change)
        }
        return try await answer(id, call, holder)
    }

    func rule(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        try check(.resolve(try kind(id.kind, at: "path:id")), holder, at: "path:id")
        try check(home: id.home, holder, at: "path:id")
        try await checkSight(of: id, holder)
        let request = try RulingRequest(try await call.body())
        let now = today
        guard let certificate = try await certificate(of: holder) else { throw Self.unsigned }
        try await changing(id, call) { change in
            let edit = try await reading(id) { reading in
                guard
                    let target = reading.history.steps.first(where: {
                        Overruling.name(of: $0.citation.dot) == request.target
                    })
                else { throw Problem(.badValue, "the case has no such step: read it again", at: "/target") }
                let mark = StepMark(
                    step: request.ruling.step, at: now, post: .supervisor, officers: [certificate],
                    details: [Overruling.target: request.target])
                let found = reading.plan.preview(
                    mark, by: holder.author, acting: try acting(holder, .supervisor, [certificate]),
                    in: reading.history, judge: reading.judge)
                guard found.isEmpty else { throw Self.refused(found) }
                return reading.plan.overrule(
                    request.ruling, target, at: now, officers: [certificate], reason: request.reason,
                    rival: request.rival, in: reading.history)
            }
            _ = try await write([edit], to: id, holder, change: change)
        }
        return try await answer(id, call, holder)
    }

    // MARK: A step

    private func enter(
        _ facts: [String: JSON], seen: [String: String], into id: RecordID, _ holder: TokenHolder, change: RecordKey
    ) async throws {
        guard !facts.isEmpty else { return }
        let (now, book) = (today, cases)
        let edits = try await reading(id) { reading in
            try Self.checkStanding(of: reading, at: now, book: book, for: nil)
            return reading.plan.enter(
                try facts.facts(of: reading.procedure, at: "/facts"), seen: try seen.citations(at: "/seen"),
                in: reading.history)
        }
        _ = try await write(edits, to: id, holder, change: change)
    }

    func take(
        _ request: TakeStepRequest, in id: RecordID, _ holder: TokenHolder, change: RecordKey
    ) async throws -> TakenStepMessage {
        guard let author = try await certificate(of: holder) else { throw Self.unsigned }
        try await enter(request.facts, seen: request.seen, into: id, holder, change: drawKey())
        let now = request.at ?? today
        let (draft, rule, series) = try await reading(id) { reading in
            try prepare(request, author, at: now, in: reading, holder)
        }
        let number = try await self.number(for: request, rule, of: series, year: now.day.year, author, in: id)
        let numberText = number?.description
        let (mark, papers): (StepMark, [KeptPaper])
        do {
            (mark, papers) = try await reading(id) { reading in
                try finish(draft, rule, numberText, at: now, in: reading)
            }
        } catch {
            // No paper bears the number yet, so the next step may have it.
            if let number, let numbers { await numbers.giveBack(number, of: series) }
            throw error
        }
        for paper in papers { try await keep(paper, of: id, mark, holder) }
        if let number, let numbers { await numbers.release(number) }
        let edit = try await reading(id) { reading in reading.plan.take(mark, in: reading.history) }
        let entries = try await write([edit], to: id, holder, change: change)
        let published = try await publish(after: mark, in: id, at: now, holder)
        return TakenStepMessage(
            entries: entries.map(\.text), number: numberText, published: published.map(\.description),
            record: try await message(of: id, for: holder))
    }

    /// The mark without its paper, once nothing stands in its way.
    private func prepare(
        _ request: TakeStepRequest, _ author: String, at now: LegalMoment, in reading: CaseReading,
        _ holder: TokenHolder
    ) throws -> (mark: StepMark, rule: StepRule, body: String) {
        let procedure = reading.procedure
        guard let rule = procedure.step(request.step) else {
            let known = procedure.steps.map(\.id).joined(separator: ", ")
            throw Problem(.badValue, "the procedure has no such step: use one of \(known)", at: "/step")
        }
        let outcome = request.outcome ?? rule.outcomes[0].id
        guard rule.outcome(outcome) != nil else {
            let known = rule.outcomes.map(\.id).joined(separator: ", ")
            throw Problem(.badValue, "the step has no such outcome: use one of \(known)", at: "/outcome")
        }
        let posts = reading.knowledge.officer(certificate: author)?.posts ?? []
        let post = request.post ?? rule.posts.first(where: posts.contains) ?? rule.posts[0]
        var mark = StepMark(
            step: rule.id, outcome: outcome, at: now, post: post,
            officers: [author] + request.with.filter { $0 != author },
            figures: request.figures, evidence: request.evidence, details: request.details)
        if let kind = rule.document {
            mark.issued = [StepMark.Issued(kind: kind, number: rule.numbered.map { _ in "" }, digest: "")]
        }
        let found = reading.plan.preview(
            mark, by: holder.author, acting: try acting(holder, post, mark.officers), in: reading.history,
            judge: reading.judge)
        guard found.isEmpty else { throw Self.refused(found) }
        try Self.checkStanding(of: reading, at: now, book: cases, for: rule)
        return (mark, rule, reading.history.text(CaseField.body) ?? holder.body)
    }

    /// Refuses what would be added to a case that has ended, and steps of one that waits for a superior.
    ///
    /// - Parameter rule: of the step; nil for facts, which may be what the case waits for.
    private static func checkStanding(
        of reading: CaseReading, at now: LegalMoment, book: ProcedureBook, for rule: StepRule?
    ) throws(Problem) {
        let assessment = reading.judge.assess(
            reading.history, at: now, outside: rule == nil ? [] : reading.outside(at: now, book: book))
        switch assessment.standing {
        case .open: return
        case .ended(let ending, _):
            throw refused([
                GateFinding(
                    says: Bilingual(
                        "案件已办结（\(ending.chinese)），任何人不得再修改、增加、抽取",
                        "the case has ended (\(ending.english)): nothing is added to it"),
                    articles: ["环境行政处罚办法第70条"], answer: .broken)
            ])
        case .waiting(let doubts):
            guard let rule, case let held = doubts.filter({ $0.holdsUp(rule) }), !held.isEmpty else { return }
            throw refused(
                held.map { doubt in
                    GateFinding(
                        says: Bilingual("本案有待确认：\(doubt.words.chinese)", "the case waits: \(doubt.words.english)"),
                        articles: doubt.articles, answer: .broken)
                })
        }
    }

    /// The mark with its papers: the step's own document, and with the last step the sealed volume.
    private func finish(
        _ draft: StepMark, _ rule: StepRule, _ number: String?, at now: LegalMoment, in reading: CaseReading
    ) throws -> (mark: StepMark, papers: [KeptPaper]) {
        var (mark, papers) = (draft, [KeptPaper]())
        if let kind = rule.document {
            var details = draft.details
            details["outcome"] = rule.outcome(draft.outcome)?.name.chinese
            let context = reading.context(at: now, officers: draft.officers, number: number, details: details)
            papers.append(KeptPaper(try Self.render(kind, context, knowing: reading.knowledge)))
        }
        do throws(DocumentFault) {
            papers += try reading.seal(draft, with: papers.map(\.issued), at: now)
        } catch {
            throw Problem(.refused, error.description, at: "/step")
        }
        mark.issued = papers.map(\.issued)
        return (mark, papers)
    }

    private static func render(
        _ kind: String, _ context: DocumentContext, knowing knowledge: StoreKnowledge
    ) throws(Problem) -> FrozenDocument {
        do throws(DocumentFault) {
            return try TemplateShelf.templates(knowing: knowledge).render(kind, with: context)
        } catch {
            throw Problem(.refused, error.description, at: "/step")
        }
    }

    /// Keeps an issued document among the files, under its digest, and names it in a record, so that it travels upward.
    private func keep(
        _ document: KeptPaper, of id: RecordID, _ mark: StepMark, _ holder: TokenHolder
    ) async throws {
        let name: FileName
        do throws(UploadFailure) {
            let upload = FileUpload(to: core.files)
            try upload.write(document.text.utf8)
            name = try upload.finish()
        } catch {
            throw Problem(.unavailable, error.description)
        }
        let values: [(String, Value)] = [
            ("case", .record(id)), ("digest", .text(document.digest)), ("size", .integer(Int64(name.size))),
            ("chunk-root", .text(name.root.sha256Text)), ("media-type", .text(document.mediaType)),
            ("document-no", .text(document.number ?? "")), ("evidence-kind", .text(CaseReading.documentSort)),
            ("captured-at", .text(mark.at.description)),
            ("attached-at", .text(mark.at.description)), ("officer", .text(mark.officers.first ?? "")),
        ]
        let record = RecordID(
            home: id.home, flow: CaseworkKinds.evidence.flow, kind: CaseworkKinds.evidence.name,
            naturalKey: "\(id)\u{1F}\(document.digest)")
        try await bring(record, CaseworkKinds.evidence, to: values, holder)
        core.fileArrived(name)
    }

    /// Brings a record to what it shall hold, in the name of whoever asked.
    func bring(
        _ record: RecordID, _ kind: Kind, to values: [(field: String, value: Value)], _ holder: TokenHolder,
        change: RecordKey? = nil
    ) async throws {
        let wanted = values.compactMap { field, value in
            kind.field(field).map { PlannedDraft.Wanted($0, value == .text("") ? [] : [value]) }
        }
        let edits = EditPlanner.edits(
            for: PlannedDraft(id: record, kind: kind, fields: wanted), from: try await state(of: record))
        _ = try await write(edits, to: record, holder, change: change ?? drawKey())
    }

    /// Publishes by itself what the procedure says is public after a step.
    ///
    /// - Parameter isRepeat: the step was taken before: what was published with it stays as it is by now.
    func publish(
        after mark: StepMark, in id: RecordID, at now: LegalMoment, _ holder: TokenHolder, isRepeat: Bool = false
    ) async throws -> [RecordID] {
        let drafts = try await reading(id) { reading in
            reading.publications(after: mark.step, outcome: mark.outcome, at: now)
        }
        for draft in drafts {
            if isRepeat, try await state(of: draft.record) != nil { continue }
            try await bring(draft.record, CaseworkKinds.publication, to: draft.values, holder)
        }
        if mark.issued.contains(where: { $0.kind == "publicity-withdrawal" }) {
            try await withdrawPublications(of: id, at: now, holder)
        }
        return drafts.map(\.record)
    }

    // MARK: Shared

    /// Now, in local time.
    var today: LegalMoment { Moments.local(clock()) }

    func knowing<Answer: Sendable>(
        _ body: @escaping @Sendable (StoreKnowledge) throws -> Answer
    ) async throws -> Answer {
        let (tree, statutes) = (core.tree, statutes)
        let result: Result<Answer, any Error> = try await core.read { reader throws(StoreFailure) in
            try reader.knowing(tree, titles: { try? statutes.content($0).statuteTitles }) { knowledge in
                Result { try body(knowledge) }
            }
        }
        return try result.get()
    }

    func reading<Answer: Sendable>(
        _ id: RecordID, _ body: @escaping @Sendable (CaseReading) throws -> Answer
    ) async throws -> Answer {
        let book = cases
        return try await knowing { knowledge in
            let reading: CaseReading
            do throws(CaseFault) { reading = try CaseReading(id, in: knowledge, book: book) } catch {
                throw Problem(error)
            }
            return try body(reading)
        }
    }

    func message(of id: RecordID, for holder: TokenHolder) async throws -> CaseMessage {
        let (now, book) = (today, cases)
        let viewer = Sight.Viewer(division: holder.division, body: holder.body, posts: holder.role.posts)
        return try await reading(id) { reading in
            guard reading.isVisible(to: viewer) else {
                throw Self.hidden
            }
            return CaseMessage(
                reading.history,
                reading.judge.assess(reading.history, at: now, outside: reading.outside(at: now, book: book)), at: now,
                etag: reading.etag)
        }
    }

    /// The case that a call is about to change: of a kind, at a home and in a line that are the holder's.
    private func writableCase(_ call: APICall, _ holder: TokenHolder) async throws -> RecordID {
        let id = try call.record()
        try check(.edit(try kind(id.kind, at: "path:id")), holder, at: "path:id")
        try check(home: id.home, holder, at: "path:id")
        try await checkSight(of: id, holder)
        return id
    }

    private func write(
        _ edits: [EditDraft], to id: RecordID, _ holder: TokenHolder, change: RecordKey
    ) async throws(Problem) -> [EntryID] {
        guard !edits.isEmpty else { return [] }
        let planned = PlannedRecord(id: id, isPacked: false, edits: edits)
        return try await write(act(holder, change: change), try parts([planned]) { _ in nil })
    }

    /// The number of the certificate of whoever holds the token.
    func certificate(of holder: TokenHolder) async throws -> String? {
        guard let author = holder.author, let state = try await state(of: author),
            case .text(let number) = state.view["certificate-no"]?.shown
        else { return nil }
        return number
    }

    private func acting(_ holder: TokenHolder, _ post: Post, _ officers: [String]) throws(Problem) -> Acting {
        guard let level = core.tree.level(of: holder.division) else {
            throw Problem(.homeForbids, "the division of the token is not in the tree: ask the operator for another")
        }
        return Acting(division: holder.division, level: level, body: holder.body, post: post, officers: officers)
    }
}

extension GateFinding {
    fileprivate static func broken(_ says: Bilingual) -> GateFinding {
        GateFinding(says: says, articles: [], answer: .broken)
    }
}
