import Casework
import Divisions
import Hummingbird
import Lattice
import Ledger
import Libraries
import Replication
import Store

/// Devices in the field: who holds one, and which document numbers it carries.
extension API {
    // MARK: Devices

    func registerDevice(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var object = try JSONObject(try await call.body())
        let (text, name) = (try object.text("device"), try object.text("name"))
        try object.finish()
        let device = try Self.device(text, at: "/device")
        guard (1...DeviceMessage.nameCharactersMax).contains(name.count) else {
            throw Problem(
                .badValue, "a name has 1 to \(DeviceMessage.nameCharactersMax) characters: shorten it", at: "/name")
        }
        let officer = try await fieldOfficer(holder)
        let record = record(ofDevice: device, holder)
        try await keys.holding([record]) {
            let held = try await state(of: record)?.view["officer"]?.shown
            guard held == nil || held == .text(officer) else {
                throw Problem(
                    .alreadyExists, "另一人已用此编号登记设备，请重新登记 · somebody else holds a device of this id: draw another",
                    at: "/device", members: ["id": .text(record.description)])
            }
            var values: [(String, Value)] = [("id", .text(device)), ("name", .text(name)), ("officer", .text(officer))]
            if held == nil { values.append(("registered-at", .text(today.description))) }
            guard call.key?.earlier == nil else { return }
            try await bring(record, FieldKinds.device, to: values, holder, change: change(of: call))
        }
        return try Self.json(try await deviceMessage(device, holder), status: .created)
    }

    func listDevices(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try call.query.finish()
        let officer = try await fieldOfficer(holder)
        let found = try await knowing { knowledge in
            knowledge.source.records(of: FieldKinds.device.name, where: "officer", is: officer)
        }
        var devices: [DeviceMessage] = []
        for state in found where state.id.home == holder.division {
            guard case .text(let device) = state.view["id"]?.shown else { continue }
            devices.append(try await deviceMessage(device, holder))
        }
        return try Self.json(DeviceList(devices: devices))
    }

    func readDevice(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try call.query.finish()
        return try Self.json(try await deviceMessage(try call.device(), holder))
    }

    // MARK: Numbers

    func leaseNumbers(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let device = try call.device()
        var object = try JSONObject(try await call.body())
        let word = try object.text("word")
        let count = try object.required("count").integer ?? 0
        try object.finish()
        guard (1...Int64(DeviceLease.countMax)).contains(count) else {
            throw Problem(.badValue, "1 to \(DeviceLease.countMax) numbers are expected", at: "/count")
        }
        let carrier = try await carrier(device, holder)
        guard let numbers else { throw Problem(.unavailable, "this node hands out no document numbers") }
        try await checkWord(word)
        let leased = try await keys.holding([record(ofDevice: device, holder)]) {
            if let earlier = call.key?.earlier {
                return earlier.records.first { $0.kind == FieldKinds.deviceLease.name }
            }
            let room = DeviceLease.countMax - (try await leases(of: device)).reduce(0) { $0 + $1.left.count }
            guard room > 0 else {
                throw Problem(
                    .refused,
                    "设备上还有\(DeviceLease.countMax)个未用的号，请先使用或者交回 · the device still has "
                        + "\(DeviceLease.countMax) numbers: use them or return them first", at: "/count")
            }
            return try await lend(min(Int(count), room), word, carrier, numbers, holder, change: change(of: call))
        }
        let message = try await deviceMessage(device, holder)
        guard let leased, let lease = message.leases.first(where: { $0.record == leased.description }) else {
            throw Problem(.notFound, "the lease is not shown any more: read the device", at: "path:device")
        }
        return try Self.json(lease, status: .created)
    }

    private func lend(
        _ count: Int, _ word: String, _ carrier: DeviceHolder, _ numbers: NumberService, _ holder: TokenHolder,
        change: RecordKey
    ) async throws -> RecordID {
        let body = try await core.read { reader in try NumberShelf(reader: reader).body(holder.body) }
        guard let body else {
            throw Problem(.refused, "本单位没有该执法主体的信息，不能领号 · this node does not know the token's body", at: "/word")
        }
        try check(home: body.division, holder, at: "/word")
        do {
            return try await numbers.lend(
                count, word, of: body.code, year: today.day.year, to: carrier
            ) { lease, block in
                let told = NumberExplanation(first: lease.first, last: lease.last, cause: .onDevice)
                let explanations = (block.explanations + [told]).map { Value.text($0.text) }
                try await write(
                    [
                        (lease.record, FieldKinds.deviceLease, lease.values.map { ($0.field, [$0.value]) }),
                        (block.record, CaseworkKinds.numberBlock, [("explanations", explanations)]),
                    ], holder, change: change)
            }.record
        } catch let refusal as NumberRefusal {
            throw Problem(.refused, refusal.reason.description, at: "/word")
        }
    }

    /// Brings several records to what they shall hold, in one change.
    private func write(
        _ records: [(id: RecordID, kind: Kind, values: [(field: String, values: [Value])])], _ holder: TokenHolder,
        change: RecordKey
    ) async throws {
        var planned: [PlannedRecord] = []
        for (id, kind, values) in records {
            let wanted = values.compactMap { name, values in
                kind.field(name).map { PlannedDraft.Wanted($0, values) }
            }
            let edits = EditPlanner.edits(
                for: PlannedDraft(id: id, kind: kind, fields: wanted), from: try await state(of: id))
            if !edits.isEmpty { planned.append(PlannedRecord(id: id, isPacked: false, edits: edits)) }
        }
        guard !planned.isEmpty else { return }
        _ = try await write(act(holder, change: change), try parts(planned) { _ in nil })
    }

    /// Only words that a procedure numbers with are asked for at the superior.
    private func checkWord(_ word: String) async throws {
        let day = today.day
        let words = try await knowing { knowledge in
            Set(cases.inUse(on: day, knowing: knowledge).flatMap { $0.procedure.steps.compactMap(\.numbered) })
        }
        guard words.contains(word) else {
            throw Problem(
                .badValue,
                "no procedure here numbers documents so: use one of \(words.sorted().joined(separator: ", "))",
                at: "/word")
        }
    }

    func returnNumbers(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let device = try call.device()
        let carrier = try await carrier(device, holder)
        try await keys.holding([record(ofDevice: device, holder)]) {
            guard call.key?.earlier == nil else { return }
            let open = try await core.read { reader in
                try NumberShelf(reader: reader).leases(ofDevice: device)
            }.filter { $0.returnedAt == nil && $0.officer == carrier.officer }
            try await write(
                open.map { ($0.record, FieldKinds.deviceLease, [("returned-at", [.text(carrier.at.description)])]) },
                holder, change: change(of: call))
        }
        return try Self.json(try await deviceMessage(device, holder))
    }

    // MARK: Shared

    /// The certificate of whoever works in the field: what he does there is signed.
    func fieldOfficer(_ holder: TokenHolder) async throws -> String {
        try check(.edit(FieldKinds.device), holder, at: nil)
        guard let certificate = try await certificate(of: holder) else { throw Self.unsigned }
        return certificate
    }

    static func device(_ text: String, at place: String) throws(Problem) -> String {
        guard text.utf8.count == 32, RecordKey(hexadecimal: text) != nil, text == text.lowercased() else {
            throw Problem(.badID, "a device draws 32 hexadecimal digits in lower case for itself", at: place)
        }
        return text
    }

    func record(ofDevice device: String, _ holder: TokenHolder) -> RecordID {
        RecordID(
            home: holder.division, flow: FieldKinds.device.flow, kind: FieldKinds.device.name, naturalKey: device)
    }

    /// The device as its officer holds it; to anybody else there is none.
    func carrier(_ device: String, _ holder: TokenHolder, at place: String = "path:device") async throws -> DeviceHolder
    {
        let officer = try await fieldOfficer(holder)
        let state = try await state(of: record(ofDevice: device, holder))
        guard case .text(officer) = state?.view["officer"]?.shown else {
            throw Problem(
                .notFound, "本人没有登记该设备，请先登记 · you hold no such device: register it first", at: place)
        }
        return DeviceHolder(device: device, officer: officer, at: today)
    }

    private func deviceMessage(_ device: String, _ holder: TokenHolder) async throws -> DeviceMessage {
        let carrier = try await carrier(device, holder)
        let view = try await state(of: record(ofDevice: device, holder))?.view
        func text(_ field: String) -> String {
            if case .text(let text) = view?[field]?.shown { text } else { "" }
        }
        return DeviceMessage(
            device: device, name: text("name"), officer: carrier.officer, registeredAt: text("registered-at"),
            next: try await nextDelivery(of: device), leases: try await leases(of: device))
    }

    /// A device's leases with what has become of each number.
    private func leases(of device: String) async throws -> [DeviceLeaseMessage] {
        try await core.read { reader in
            let shelf = NumberShelf(reader: reader)
            return try shelf.leases(ofDevice: device).map { lease in
                var used: [Int] = []
                for ordinal in lease.first...lease.last {
                    guard let number = lease.number(ordinal) else { continue }
                    if try !shelf.bearers(of: number).isEmpty { used.append(ordinal) }
                }
                return DeviceLeaseMessage(lease, used: used)
            }
        }
    }
}

extension APICall {
    fileprivate func device() throws(Problem) -> String { try API.device(path("device") ?? "", at: "path:device") }
}

extension Endpoint {
    private static let device = Parameter.path("device", "The id that the device drew: 32 hexadecimal digits.")

    /// What officers in the field need: their devices, numbers for them, and what they bring back.
    static let field: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/devices", operation: "listDevices", summary: "The devices that the officer holds.",
            answer: .json("DeviceList", "The devices."), problems: [.roleForbids],
            handler: .holder { api, call, holder in try await api.listDevices(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/devices", operation: "registerDevice",
            summary: "Registers the device that the officer holds, or gives it another name.", body: "NewDevice",
            answer: .json("DeviceMessage", status: 201, "The device."), isKeyed: true,
            problems: [.roleForbids, .notJSON, .tooLarge, .badID, .alreadyExists],
            handler: .holder { api, call, holder in try await api.registerDevice(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/devices/{device}", operation: "readDevice",
            summary: "A device that the officer holds, with its document numbers: used, left and returned.",
            parameters: [device], answer: .json("DeviceMessage", "The device."),
            problems: [.roleForbids, .notFound, .badID],
            handler: .holder { api, call, holder in try await api.readDevice(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/devices/{device}/numbers", operation: "leaseNumbers",
            summary: "Leases document numbers of this machine's block to a device for its officer, for use without a "
                + "line. They are taken durably before they are answered.",
            parameters: [device], body: "LeaseRequest",
            answer: .json("DeviceLeaseMessage", status: 201, "The lease: fewer numbers where the block has no more."),
            isKeyed: true, problems: [.roleForbids, .homeForbids, .notFound, .notJSON, .tooLarge, .badID, .refused],
            handler: .holder { api, call, holder in try await api.leaseNumbers(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/devices/{device}/return", operation: "returnNumbers",
            summary: "Ends all leases of a device: what was not used stays unused, and its lease explains the gap.",
            parameters: [device], answer: .json("DeviceMessage", "The device."), isKeyed: true,
            problems: [.roleForbids, .homeForbids, .notFound, .badID, .tooLarge],
            handler: .holder { api, call, holder in try await api.returnNumbers(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/field/catalogue", operation: "readFieldCatalogue",
            summary: "Penalties that the token's body may impose today, each with its articles and its benchmark, for "
                + "a device to keep.",
            parameters: [.query("cursor", ["type": "string"], "\"next\" of the page before.")],
            answer: .json("FieldCatalogue", "A page of items."), problems: [.homeForbids],
            handler: .holder { api, call, holder in try await api.readFieldCatalogue(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/field/deliveries", operation: "deliver",
            summary: "One matter that was done at the scene: a case with its facts, evidence and steps. Deliveries of "
                + "a device come in the order of their ordinals, each once; what the judge refuses is kept and told.",
            body: "FieldDelivery",
            answer: .json("FieldDeliveryMessage", status: 201, "What became of it, now or when it came first."),
            isKeyed: true,
            problems: [
                .roleForbids, .homeForbids, .notFound, .notJSON, .tooLarge, .badID, .unknownField, .unknownKind,
                .refused, .outOfOrder,
            ],
            handler: .holder { api, call, holder in try await api.deliver(call, holder) }),
    ]
}
