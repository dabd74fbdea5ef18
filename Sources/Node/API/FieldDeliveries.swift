import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Replication
import Store

/// What devices bring back from the field: each matter once, in order, and nothing of it lost.
///
/// A delivery is known by its device and ordinal. Its case has an id of that name, its steps are written under keys of
/// that name, and its own record is written last: a node that stops in between finds what was written when the device
/// sends it again, and goes on.
extension API {
    func deliver(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let json = try await call.body()
        let delivery = try FieldDelivery(json)
        let carrier = try await carrier(delivery.device, holder, at: "/device")
        let bytes = try Self.encoded(json)
        let digest = Digest.of(Suite.p256.rawValue, bytes).sha256Text
        let record = Self.record(of: delivery.ordinal, by: delivery.device, holder.division)
        return try await keys.holding([self.record(ofDevice: delivery.device, holder)]) {
            if let known = try await state(of: record)?.view, known.isVisible {
                guard known["request-digest"]?.shown == .text(digest) else {
                    throw Problem(
                        .alreadyExists, "该序号的内容已送达，不能另送 · another matter was delivered under this ordinal",
                        at: "/ordinal", members: ["id": .text(record.description)])
                }
                return Self.delivered(known.outcome)
            }
            try await checkTurn(of: delivery, holder)
            let message =
                delivery.withdrawn == nil
                ? try await carryOut(delivery, bytes, carrier, holder)
                : try await withdraw(delivery, carrier, holder)
            let outcome = try Self.encoded(message)
            try await keep(message, outcome, digest, as: record, carrier, holder, change: change(of: call))
            return Self.delivered(outcome)
        }
    }

    private static func delivered(_ outcome: [UInt8]) -> Response {
        answer(.created, outcome, type: "application/json")
    }

    private static func record(of ordinal: Int, by device: String, _ home: DivisionCode) -> RecordID {
        RecordID(
            home: home, flow: FieldKinds.delivery.flow, kind: FieldKinds.delivery.name,
            naturalKey: "\(device) \(ordinal)")
    }

    // MARK: Order

    /// The ordinal that is expected next: the first that has not come.
    func nextDelivery(of device: String) async throws -> Int {
        let states = try await knowing { knowledge in
            knowledge.source.records(of: FieldKinds.delivery.name, where: "device", is: device)
        }
        let ordinals = Set(
            states.compactMap { state -> Int? in
                if case .integer(let ordinal) = state.view["ordinal"]?.shown { Int(exactly: ordinal) } else { nil }
            })
        var next = 1
        while ordinals.contains(next) { next += 1 }
        return next
    }

    private func checkTurn(of delivery: FieldDelivery, _ holder: TokenHolder) async throws {
        let before = Self.record(of: delivery.ordinal - 1, by: delivery.device, holder.division)
        if delivery.ordinal == 1 { return }
        if try await state(of: before)?.isVisible == true { return }
        let next = try await nextDelivery(of: delivery.device)
        throw Problem(
            .outOfOrder, "请先送达第\(next)件 · deliver number \(next) of this device first", at: "/ordinal",
            members: ["waitsFor": .integer(Int64(next))])
    }

    // MARK: Carrying out

    private func carryOut(
        _ delivery: FieldDelivery, _ bytes: [UInt8], _ carrier: DeviceHolder, _ holder: TokenHolder
    ) async throws -> FieldDeliveryMessage {
        let files = try delivery.evidence.enumerated().map { place, piece throws(Problem) in
            guard let file = core.files.name(of: piece.digest) else {
                throw Problem(
                    .refused, "文件尚未上传，请先上传 · the file is not here: hand it in by POST /v1/files first",
                    at: "/evidence/\(place)/digest")
            }
            return file
        }
        let id = try await open(delivery, bytes, carrier, holder)
        var evidence: [RecordID] = []
        for (piece, file) in zip(delivery.evidence, files) {
            evidence.append(try await attach(piece, file, to: id, holder, change: drawKey()))
        }
        let number = try await paperNumber(of: delivery, in: id, carrier)
        let steps = try await take(delivery.steps, of: delivery, bytes, in: id, holder)
        let isWhole = steps.allSatisfy { $0.state == .done }
        if !isWhole { evidence.append(try await attach(bytes, of: delivery, carrier, to: id, holder)) }
        return FieldDeliveryMessage(
            device: delivery.device, ordinal: delivery.ordinal, state: isWhole ? .delivered : .refused,
            record: id.description, number: steps.lazy.compactMap(\.number).first ?? number?.text,
            capturedAt: delivery.capturedAt.description, deliveredAt: carrier.at.description,
            evidence: evidence.map(\.description), steps: steps)
    }

    private func withdraw(
        _ delivery: FieldDelivery, _ carrier: DeviceHolder, _ holder: TokenHolder
    ) async throws -> FieldDeliveryMessage {
        let ordinal = delivery.number
        let number = try await leased(carrier) { $0.first { ordinal.map($0.contains) ?? false } }
            .flatMap { lease in ordinal.flatMap { lease.number($0) } }
        return FieldDeliveryMessage(
            device: delivery.device, ordinal: delivery.ordinal, state: .withdrawn, record: nil, number: number?.text,
            capturedAt: delivery.capturedAt.description, deliveredAt: carrier.at.description, evidence: [], steps: [])
    }

    /// The delivery's case: opened with all facts, unless it was before.
    private func open(
        _ delivery: FieldDelivery, _ bytes: [UInt8], _ carrier: DeviceHolder, _ holder: TokenHolder
    ) async throws -> RecordID {
        let home = try home(nil, holder, at: "/device")
        let day = today.day
        let (id, edits) = try await knowing { knowledge in
            guard
                let found = cases.inUse(on: day, knowing: knowledge).first(where: {
                    $0.procedure.id == delivery.procedure
                })
            else {
                throw Problem(
                    .badValue, "no version of this procedure is in force here: see GET /v1/procedures", at: "/procedure"
                )
            }
            for piece in delivery.evidence { try piece.check(found.procedure) }
            let kind = found.procedure.isUrgent ? CaseworkKinds.urgentCase : LibraryKinds.caseFile
            let id = RecordID(
                home: home, flow: kind.flow, kind: kind.name,
                naturalKey: "field \(delivery.device) \(delivery.ordinal)")
            let edits = CasePlan(procedure: found.procedure, knowledge: knowledge).open(
                id, handler: (holder.division, holder.body, [carrier.officer] + delivery.with),
                facts: try delivery.facts.facts(of: found.procedure, at: "/facts"), pin: found.pin)
            return (id, edits)
        }
        try check(.edit(try kind(id.kind, at: "/procedure")), holder, at: "/procedure")
        if try await state(of: id)?.isVisible != true {
            let change = Self.key("open", of: delivery, bytes, holder)
            _ = try await write(
                act(holder, change: change),
                try parts([PlannedRecord(id: id, isPacked: false, edits: edits)]) { _ in nil })
        }
        return id
    }

    /// Takes the steps one after another until one is refused.
    private func take(
        _ steps: [TakeStepRequest], of delivery: FieldDelivery, _ bytes: [UInt8], in id: RecordID,
        _ holder: TokenHolder
    ) async throws -> [FieldPartMessage] {
        var parts: [FieldPartMessage] = []
        for (place, step) in steps.enumerated() {
            guard parts.allSatisfy({ $0.state == .done }) else {
                parts.append(FieldPartMessage(step: step.step, state: .unreached, number: nil, problem: nil))
                continue
            }
            do {
                let change = Self.key("step \(place)", of: delivery, bytes, holder)
                let taken = try await gate.holding([id]) {
                    if let earlier = try await earlier(change, holder) {
                        return try await takenBefore(earlier, in: id, holder)
                    }
                    // Nobody has done anything that is yet to come: the device's clock is ahead.
                    let at = min(step.at ?? delivery.capturedAt, today)
                    return try await take(step.taken(at: at), in: id, holder, change: change)
                }
                parts.append(FieldPartMessage(step: step.step, state: .done, number: taken.number, problem: nil))
            } catch let problem as Problem where problem.kind.status < 500 {
                parts.append(
                    FieldPartMessage(
                        step: step.step, state: .refused, number: nil, problem: problem.body(instance: nil)))
            }
        }
        return parts
    }

    /// What an earlier sending of the same delivery wrote under a key.
    private func earlier(_ change: RecordKey, _ holder: TokenHolder) async throws -> NamedChange? {
        try await core.read { (reader) throws(StoreFailure) in try reader.changes(namedAs: change) }
            .first { $0.author == holder.author && $0.division == holder.division }
    }

    private static func key(
        _ part: String, of delivery: FieldDelivery, _ bytes: [UInt8], _ holder: TokenHolder
    ) -> RecordKey {
        IdempotencyKey.change(
            "field \(delivery.device) \(delivery.ordinal) \(part)", of: holder, .post, "/v1/field/deliveries", bytes)
    }

    // MARK: Numbers

    private func leased(
        _ carrier: DeviceHolder, _ choose: @escaping @Sendable ([DeviceLease]) -> DeviceLease?
    ) async throws -> DeviceLease? {
        let device = carrier.device
        let leases = try await core.read { reader in try NumberShelf(reader: reader).leases(ofDevice: device) }
        return choose(leases.filter { $0.officer == carrier.officer })
    }

    /// The number on the document that was handed over, whatever becomes of its step here.
    private func paperNumber(
        of delivery: FieldDelivery, in id: RecordID, _ carrier: DeviceHolder
    ) async throws -> IssuedNumber? {
        guard let step = delivery.steps.first(where: { $0.number != nil }), let ordinal = step.number else {
            return nil
        }
        let year = (step.at ?? delivery.capturedAt).day.year
        let word = try await reading(id) { reading in reading.procedure.step(step.step)?.numbered }
        return try await leased(carrier) { leases in
            leases.first { $0.series.word == word && $0.series.year == year && $0.contains(ordinal) }
        }?.number(ordinal)
    }

    // MARK: Keeping

    /// Attaches what was sent, as it was sent, to the case that could not take all of it.
    private func attach(
        _ bytes: [UInt8], of delivery: FieldDelivery, _ carrier: DeviceHolder, to id: RecordID, _ holder: TokenHolder
    ) async throws -> RecordID {
        let file: FileName
        do throws(UploadFailure) {
            let upload = FileUpload(to: core.files)
            try upload.write(bytes)
            file = try upload.finish()
        } catch {
            throw Problem(.unavailable, error.description)
        }
        let request = EvidenceRequest(
            digest: file.digest, kind: "电子数据", capturedAt: min(delivery.capturedAt, carrier.at),
            officer: carrier.officer, mediaType: "application/json", device: delivery.device, caption: "现场送达原文")
        return try await attach(request, file, to: id, holder, change: drawKey())
    }

    private func keep(
        _ message: FieldDeliveryMessage, _ outcome: [UInt8], _ digest: String, as record: RecordID,
        _ carrier: DeviceHolder, _ holder: TokenHolder, change: RecordKey
    ) async throws {
        var values: [(String, Value)] = [
            ("device", .text(message.device)), ("ordinal", .integer(Int64(message.ordinal))),
            ("officer", .text(carrier.officer)), ("captured-at", .text(message.capturedAt)),
            ("delivered-at", .text(message.deliveredAt)), ("request-digest", .text(digest)),
            ("outcome", .text(String(decoding: outcome, as: UTF8.self))),
        ]
        if let number = message.number { values.append(("document-no", .text(number))) }
        if let id = message.record.flatMap({ RecordID($0) }) { values.append(("case", .record(id))) }
        try await bring(record, FieldKinds.delivery, to: values, holder, change: change)
    }
}

extension RecordView {
    /// What was answered when the delivery came first.
    fileprivate var outcome: [UInt8] {
        if case .text(let text) = self["outcome"]?.shown { Array(text.utf8) } else { [] }
    }
}
