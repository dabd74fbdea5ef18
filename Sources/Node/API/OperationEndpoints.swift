import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Ledger
import Libraries
import Logging
import NIOCore

/// Keeping the machine: how it is, tokens, backups, verification, imports. For operators alone.
extension API {
    // MARK: How it is

    func readOperation(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let operation = try keeper(holder)
        try call.query.finish()
        let status = try await core.status()
        let (disk, certificates, backups) = await core.read { _ in
            (operation.disk, operation.certificates(), operation.backups())
        }
        let text = await metrics()
        return try Self.json(
            OperationMessage(
                division: status.division, name: status.name, release: status.release, phase: status.phase,
                uptimeSeconds: status.uptimeSeconds, clock: status.clock, diskFree: disk?.free, diskTotal: disk?.total,
                storeBytes: operation.storeBytes, boardBytes: operation.boardBytes, entries: status.entries,
                records: status.records, conflicts: status.conflicts, dirty: status.dirty, forks: status.forks,
                filesMissing: status.files.missing, certificates: certificates, tokens: try tokenMessages(),
                backups: backups, jobs: operation.desk.jobs, metrics: OperationMetric.all(in: text)))
    }

    private func tokenMessages() throws(Problem) -> [OperationToken] {
        do { return try tokens.holders().map(OperationToken.init) } catch {
            logger.error("the file of tokens cannot be used", metadata: ["reason": "\(error)"])
            throw Problem(.unavailable, "the node cannot read its file of tokens: see its log")
        }
    }

    /// What an operator works with; refuses everybody else.
    private func keeper(_ holder: TokenHolder) throws(Problem) -> NodeOperation {
        guard holder.role == .operator else {
            throw Problem(
                .roleForbids, "the role \(holder.role.rawValue) may not keep the machine: use an operator's token")
        }
        guard let operation else {
            throw Problem(.unavailable, "this node is not kept through its API: use the commands on its machine")
        }
        return operation
    }

    // MARK: Tokens

    func createToken(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        _ = try keeper(holder)
        var object = try JSONObject(try await call.body())
        let (label, roleName) = (try object.text("label"), try object.text("role"))
        let (division, body) = (try object.optionalText("division"), try object.optionalText("body"))
        let author = try object.optionalText("author")
        let places = (label: object.at("label"), role: object.at("role"), author: object.at("author"))
        let divisionPlace = object.at("division")
        try object.finish()
        guard let role = Role(rawValue: roleName) else {
            let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "there is no such role: use one of \(known)", at: places.role)
        }
        guard (1...120).contains(label.utf8.count), label.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "/" })
        else { throw Problem(.badValue, "a label has 1 to 120 bytes and no slash", at: places.label) }
        var record: RecordID?
        if let author {
            guard let id = RecordID(author) else {
                throw Problem(.badID, "a record's id is written kind:home:flow:key", at: places.author)
            }
            record = id
        }
        let home = try home(division, holder, at: divisionPlace)
        guard !(try tokenMessages()).contains(where: { $0.label == label }) else {
            throw Problem(.alreadyExists, "there is a token of this label: revoke it first", at: places.label)
        }
        let secret: String
        do {
            secret = try tokens.create(
                TokenHolder(label: label, role: role, author: record, division: home, body: body ?? ""), now: clock())
        } catch {
            throw Problem(.badValue, "the token was not made: its label or body is too long", at: places.label)
        }
        logger.notice("a token was made", metadata: ["role": "\(role.rawValue)"])
        return try Self.json(NewToken(label: label, token: secret), status: .created)
    }

    func revokeToken(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        _ = try keeper(holder)
        try call.query.finish()
        guard let label = call.path("label") else { throw Problem(.badValue, "no label is named", at: "path:label") }
        let wasThere: Bool
        do { wasThere = try tokens.revoke(label: label) } catch {
            logger.error("the file of tokens cannot be used", metadata: ["reason": "\(error)"])
            throw Problem(.unavailable, "the node cannot write its file of tokens: see its log")
        }
        guard wasThere else { throw Problem(.notFound, "there is no token of this label", at: "path:label") }
        logger.notice("a token was revoked")
        return try Self.json(OperationTokens(tokens: try tokenMessages()))
    }

    // MARK: Jobs

    func startBackup(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let operation = try keeper(holder)
        try call.query.finish()
        return try started(operation.backUp())
    }

    func startVerification(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let operation = try keeper(holder)
        try call.query.finish()
        return try started(operation.verify())
    }

    func startImport(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let operation = try keeper(holder)
        var query = call.query
        let kindName = try query.required("kind")
        let (name, homeName) = (query.text("name"), query.text("home"))
        try query.finish()
        guard let subject = ImportUpload.Subject(rawValue: kindName) else {
            let known = ImportUpload.Subject.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "nothing of this kind is imported: use one of \(known)", at: "query:kind")
        }
        if let name, !(1...200).contains(name.utf8.count) || name.contains("/") {
            throw Problem(.badValue, "a name has 1 to 200 bytes and no slash", at: "query:name")
        }
        let home = try home(homeName, holder, at: "query:home")
        let upload = ImportUpload(
            subject: subject, name: name ?? subject.rawValue, home: home,
            bytes: try await call.bytes(max: ImportUpload.bytesMax))
        let writer = ImportWriter(groupsPerChangeMax: subject == .statutes ? 1 : ImportWriter.groupsPerChangeMax) {
            request in
            do { return try await bring(request, holder) } catch let problem as Problem {
                guard let refusal = ImportRefusal(problem) else { throw JobFailure(problem.kind.title, problem.detail) }
                throw refusal
            }
        }
        return try started(operation.importFile(upload, writer))
    }

    private func started(_ job: Job?) throws -> Response {
        guard let job else {
            throw Problem(.alreadyExists, "a job of this kind is not over yet: wait for it, or cancel it")
        }
        return try Self.json(job, status: .accepted, headers: [.location: "/v1/operation/jobs/\(job.id)"])
    }

    func listJobs(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let operation = try keeper(holder)
        try call.query.finish()
        return try Self.json(JobList(jobs: operation.desk.jobs))
    }

    func readJob(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let operation = try keeper(holder)
        try call.query.finish()
        return try Self.json(try named(call, operation.desk.job))
    }

    func cancelJob(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let operation = try keeper(holder)
        try call.query.finish()
        return try Self.json(try named(call, operation.desk.cancel))
    }

    private func named(_ call: APICall, _ find: (String) -> Job?) throws(Problem) -> Job {
        guard let job = call.path("id").flatMap({ find($0) }) else {
            throw Problem(.notFound, "there is no such job; a restart forgets all that are over", at: "path:id")
        }
        return job
    }
}

extension ImportRefusal {
    /// Nil for what a later try may pass, and for what the caller is not there for.
    fileprivate init?(_ problem: Problem) {
        guard [400, 403, 409, 413, 422].contains(problem.kind.status), problem.kind != .roleForbids else { return nil }
        let parts = problem.kind.title.split(separator: "·").map { $0.drop { $0 == " " } }
        let draft = problem.place?.split(separator: "/").dropFirst().first.flatMap { Int($0) }
        self.init(
            kind: problem.kind.rawValue,
            reason: Reason(parts.first.map(String.init) ?? problem.kind.title, problem.detail),
            draft: problem.place?.hasPrefix("/drafts/") == true ? draft : nil)
    }
}

extension APICall {
    /// The body as it comes, as far as it may go and not a byte further.
    fileprivate func bytes(max: Int) async throws(Problem) -> [UInt8] {
        let tooLarge = Problem(
            .tooLarge, "a file has at most \(max) bytes: divide it", members: ["limit": .integer(Int64(max))])
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > max { throw tooLarge }
        var bytes: [UInt8] = []
        do {
            for try await part in request.body {
                guard bytes.count + part.readableBytes <= max else { throw tooLarge }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.badValue, "the body ended early: send it again")
        }
        guard !bytes.isEmpty else { throw Problem(.badValue, "the file is empty") }
        return bytes
    }
}
