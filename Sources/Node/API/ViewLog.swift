import Casework
import Divisions
import HTTPTypes
import Lattice
import Ledger
import Libraries
import Logging
import Replication
import Store

/// What somebody was shown, as the log of views calls it.
enum ViewSort: String, Sendable, CaseIterable {
    case list, `case`, document, volume, file, party, record, history, export

    var words: WordsMessage {
        switch self {
        case .list: WordsMessage(Bilingual("列表", "A list"))
        case .case: WordsMessage(Bilingual("案件", "A case"))
        case .document: WordsMessage(Bilingual("文书", "A document"))
        case .volume: WordsMessage(Bilingual("案卷", "A sealed volume"))
        case .file: WordsMessage(Bilingual("证据文件", "A file"))
        case .party: WordsMessage(Bilingual("当事人", "A party"))
        case .record: WordsMessage(Bilingual("记录", "A record"))
        case .history: WordsMessage(Bilingual("修改历史", "A history"))
        case .export: WordsMessage(Bilingual("数据导出", "An export"))
        }
    }
}

extension APICall {
    static let purposeHeader = "Tributary-Purpose"

    /// Why the holder looks: what the call says, or his session, or his role.
    func purpose(of holder: TokenHolder, by default: Purpose? = nil) throws(Problem) -> Purpose {
        guard let name = HTTPField.Name(Self.purposeHeader), let text = header(name) else {
            return holder.purpose ?? `default` ?? holder.role.purpose
        }
        guard let purpose = Purpose(rawValue: text) else {
            throw Problem.noSuchPurpose(at: "header:tributary-purpose")
        }
        return purpose
    }
}

extension TokenHolder {
    /// How the log of views names him: by his record, or where he has none by what his token is called.
    var viewer: String { author?.description ?? label }
}

extension Kind {
    /// Whether a view of its records is logged. What flows down is known to every office anyway, and officers' names
    /// are public; what the node writes itself is not logged again.
    var isViewLogged: Bool { !flow.flowsDown && fields.contains(where: \.isPersonal) }
}

extension API {
    /// Writes down that somebody is about to be shown what is personal. Whatever cannot be logged is not shown: where
    /// this throws, the answer must not go out. What makes up one opening of a page is one line (`RecentViews`).
    ///
    /// - Parameters:
    ///   - subject: the one record that is shown, if it is one.
    ///   - purpose: where nobody has said another, and the role's is not the usual one.
    func logView(
        _ what: ViewSort, of subject: RecordID?, _ call: APICall, _ holder: TokenHolder, by purpose: Purpose? = nil
    ) async throws(Problem) {
        let purpose = try call.purpose(of: holder, by: purpose)
        guard let subject, what.isOneOpening else { return try await write(what, of: subject, purpose, holder) }
        let view = RecentViews.View(holder: holder, what: what, subject: subject, purpose: purpose)
        try await views.log(view, now: clock()) { () async throws(Problem) in
            try await write(what, of: subject, purpose, holder)
        }
    }

    private func write(
        _ what: ViewSort, of subject: RecordID?, _ purpose: Purpose, _ holder: TokenHolder
    ) async throws(Problem) {
        let (kind, now, day) = (CaseworkKinds.viewLog, clock(), today.day)
        // Whoever acts for a division at which this node may not write is logged at the node's own.
        let mayWrite = core.tree.mayWrite(seat: core.seat, acting: holder.division, home: holder.division)
        let home = mayWrite ? holder.division : core.seat
        var values: [(String, Value)] = [
            ("what", .text(what.rawValue)), ("purpose", .text(purpose.rawValue)), ("viewer", .text(holder.viewer)),
            ("day", .text("\(day)")), ("at", .integer(Int64(now))),
        ]
        if let subject { values.insert(("subject", .record(subject)), at: 0) }
        let id = RecordID(home: home, flow: kind.flow, kind: kind.name, key: drawKey())
        let draft = PlannedDraft(
            id: id, kind: kind,
            fields: values.compactMap { name, value in kind.field(name).map { PlannedDraft.Wanted($0, [value]) } })
        let record = PlannedRecord(id: id, isPacked: true, edits: EditPlanner.edits(for: draft, from: nil))
        let act = Act(author: holder.author, division: home, body: mayWrite ? holder.body : "", change: drawKey())
        do throws(Problem) {
            _ = try await write(act, try parts([record]) { _ in nil })
        } catch {
            guard error.kind != .overloaded else { throw error }
            logger.warning("a view could not be logged and was refused", metadata: ["reason": "\(error.kind.rawValue)"])
            throw Problem(
                .unavailable,
                "what is personal is shown only while the view can be logged, and the store takes no "
                    + "writes now: the node's operator finds the reason in its log")
        }
    }

    /// The same for a record, if its kind has anything personal.
    func logView(
        _ what: ViewSort, ofRecord id: RecordID, _ call: APICall, _ holder: TokenHolder
    ) async throws(Problem) {
        guard core.kinds[id.kind]?.isViewLogged ?? true else { return }
        try await logView(id.isOfCase && what == .record ? .case : what, of: id, call, holder)
    }

    /// Refuses what others have looked at to whoever does not watch over them.
    func checkLogSight(_ kind: String, _ holder: TokenHolder, at place: String) throws(Problem) {
        guard kind == CaseworkKinds.viewLog.name, holder.role != .supervisor else { return }
        throw Problem(.roleForbids, "who has looked at what is told by GET /v1/views: use that", at: place)
    }

    /// Refuses a file to whoever may see none of the cases whose evidence it is. A file that no record names yet is
    /// known by its digest to whoever handed it in.
    ///
    /// - Returns: a record that names the file, and that the holder may see.
    func checkSight(ofFile digest: Digest, _ holder: TokenHolder) async throws -> RecordID? {
        let kind = CaseworkKinds.evidence.name
        let named = try await page(
            RecordQuery(
                kind: kind,
                conditions: [RecordQuery.Condition(field: "digest", equals: .text(digest.sha256Text))])
        ).records
        guard !named.isEmpty else { return nil }
        if let record = try await seen(named, by: holder).first { return record.id }
        throw Self.hidden
    }
}
