import AsyncHTTPClient
import Casework
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Replication
import Store
import Testing

@testable import Node

/// Devices in the field: their numbers, and what they bring back.
struct APIFieldTests {
    // MARK: Numbers

    @Test func `a device is its officer's, and nobody else's`() async throws {
        try await FieldScene.serve { scene in
            let device = try await scene.register()
            #expect((device.officer, device.name, device.next) == ("GD-0001", "巡查手机", 1))
            let list: DeviceList = try await scene.api.call(.GET, "/v1/devices", expecting: 200).read()
            #expect(list.devices == [device])
            let other = ["Authorization": "Bearer \(scene.secondToken)"]
            try await scene.api.refused(
                .GET, "/v1/devices/\(FieldScene.device)", headers: other, .notFound, at: "path:device")
            try await scene.api.refused(
                .POST, "/v1/devices", ["device": .text(FieldScene.device), "name": "x"], headers: other,
                .alreadyExists, at: "/device")
            try await scene.api.refused(.GET, "/v1/devices/7", .badID, at: "path:device")
            try await scene.api.refused(.GET, "/v1/devices", as: .librarian, .roleForbids)
        }
    }

    @Test func `numbers of a lease go to nobody else, the same key gives the same ones, and a restart forgets none`()
        async throws
    {
        try await FieldScene.serve { scene in
            try await scene.register()
            #expect(try await scene.take() == 1)
            let first = try await scene.lease(5, key: "k1")
            #expect((first.first, first.last, first.head) == (2, 6, "示水当罚〔2026〕"))
            #expect(try await scene.lease(5, key: "k1") == first)
            #expect(try await scene.take() == 7)
            let second = try await scene.lease(3)
            #expect(second.left == [8, 9, 10])
            #expect(try await scene.read().leases == [first, second])
            // Two that the node handed out are on no paper yet, so the process that starts says so of the block.
            try await scene.again { again async throws in
                #expect(try await again.lease(5, key: "k1") == first)
                #expect(try await again.read().leases == [first, second])
                #expect(try await again.take() == 11)
            }
        }
    }

    @Test func `a device carries no more than a day needs, and only words that are used`() async throws {
        try await FieldScene.serve { scene in
            try await scene.register()
            let path = "/v1/devices/\(FieldScene.device)/numbers"
            _ = try await scene.lease(15)
            #expect(try await scene.lease(20).left.count == 5)
            try await scene.api.refused(.POST, path, ["word": "当罚", "count": 1], .refused, at: "/count")
            try await scene.api.refused(.POST, path, ["word": "罚没", "count": 1], .badValue, at: "/word")
            try await scene.api.refused(.POST, path, ["word": "当罚", "count": 21], .badValue, at: "/count")
        }
    }

    @Test func `a node that stops between the witness and the lease leaves a gap that is explained, and no double`()
        async throws
    {
        try await FieldScene.serve { scene in
            try await scene.register()
            let kept = try await scene.lease(2)
            await scene.api.node.fail(.stopping)
            let path = "/v1/devices/\(FieldScene.device)/numbers"
            try await scene.api.refused(.POST, path, ["word": "当罚", "count": 3], .unavailable)
            await scene.api.node.recover()
            try await scene.again { (again) async throws in
                try await again.numbers.pass()
                let blocks = try await again.api.node.read { reader throws(QueryFailure) in
                    try NumberShelf(reader: reader).blocks(ofBody: TestAPI.body)
                }
                #expect(blocks.map(\.voidFrom) == [6])
                #expect(Set(blocks[0].explanations.map(\.text)) == ["1-2 on-device", "3-50 store-behind"])
                #expect(try await again.read().leases == [kept])
                try await again.api.refused(.POST, path, ["word": "当罚", "count": 3], .refused, at: "/word")
            }
        }
    }

    @Test func `numbers that could not be leased go out again while the process lives`() async throws {
        try await FieldScene.serve { scene in
            try await scene.register()
            await scene.api.node.fail(.overloaded(waiting: 1))
            try await scene.api.refused(
                .POST, "/v1/devices/\(FieldScene.device)/numbers", ["word": "当罚", "count": 2], .overloaded)
            await scene.api.node.recover()
            #expect(try await scene.take() == 1)
        }
    }

    @Test func `a step bears a number of the device's lease, once, and none that is not of it`() async throws {
        try await FieldScene.serve { scene in
            try await scene.register()
            let lease = try await scene.lease(2)
            func open() async throws -> String {
                let delivery: JSON = ["procedure": "simple-penalty", "officers": ["GD-0001", "GD-0002"]]
                let message: CaseMessage = try await scene.api.call(.POST, "/v1/cases", delivery, expecting: 201).read()
                try await scene.desk.take("look", FieldScene.facts, in: message.id)
                return message.id
            }
            func decide(_ number: Int, on device: String = FieldScene.device) -> JSON {
                [
                    "step": "decide", "with": [.text(CaseDeskFixture.second)], "number": .integer(Int64(number)),
                    "device": .text(device),
                ]
            }
            let (one, other) = (try await open(), try await open())
            let taken: TakenStepMessage = try await scene.api.call(
                .POST, "/v1/cases/\(one)/steps", decide(lease.first), expecting: 201
            ).read()
            #expect(taken.number == "示水当罚〔2026〕1号")
            let path = "/v1/cases/\(other)/steps"
            try await scene.api.refused(.POST, path, decide(lease.first), .refused, at: "/number")
            try await scene.api.refused(.POST, path, decide(lease.last + 1), .refused, at: "/number")
            let strange = String(repeating: "a", count: 32)
            try await scene.api.refused(.POST, path, decide(lease.last, on: strange), .refused, at: "/number")
            let lapsed = try await scene.read().leases
            #expect(lapsed.map(\.used) == [[1]])
            let returned: DeviceMessage = try await scene.api.call(
                .POST, "/v1/devices/\(FieldScene.device)/return", expecting: 200
            ).read()
            #expect((returned.leases[0].returned, returned.leases[0].left) == ([2], []))
            try await scene.api.refused(.POST, path, decide(lease.last), .refused, at: "/number")
        }
    }

    // MARK: Deliveries

    @Test func `a delivery is a case with its steps at the times they were done, however often it comes`()
        async throws
    {
        try await FieldScene.serve { scene in
            try await scene.register()
            let lease = try await scene.lease(2)
            let file = try await scene.desk.upload("photograph")
            let photograph: JSON = [
                "digest": .text(file.digest), "kind": "视听资料", "capturedAt": "2026-03-01T07:05", "recording": "look",
                "place": "22.25,112.78",
            ]
            var members: [String: JSON] = ["evidence": [photograph]]
            if case .object(let own) = FieldScene.delivery(1, number: Int64(lease.first)) {
                members.merge(own) { _, own in own }
            }
            let delivery = JSON.object(members)
            let first = try await scene.deliver(delivery)
            #expect(first.state == .delivered)
            #expect(first.number == "示水当罚〔2026〕1号")
            #expect(first.steps.map(\.state) == [.done, .done])
            #expect((first.capturedAt, first.deliveredAt > first.capturedAt) == ("2026-03-01T07:10", true))
            #expect(try await scene.deliver(delivery) == first)
            let id = try #require(first.record)
            #expect(try await scene.cases() == [id])
            let message: CaseMessage = try await scene.api.call(.GET, "/v1/cases/\(id)", expecting: 200).read()
            #expect(message.steps.map(\.at) == ["2026-03-01T07:00", "2026-03-01T07:10"])
            #expect(message.steps.allSatisfy { $0.officers == ["GD-0001", "GD-0002"] })
            let evidence = try await scene.api.read(try #require(first.evidence.first))
            #expect(evidence["device"]?.shown == .text(FieldScene.device))
            #expect(evidence["captured-at"]?.shown == "2026-03-01T07:05")
            #expect(try await scene.read().next == 2)
            try await scene.again { again async throws in #expect(try await again.deliver(delivery) == first) }
        }
    }

    @Test func `deliveries come in order, and no ordinal stands for two matters`() async throws {
        try await FieldScene.serve { scene in
            try await scene.register()
            _ = try await scene.lease(3)
            let answer = try await scene.api.call(
                .POST, "/v1/field/deliveries", FieldScene.delivery(2, number: 2), expecting: 409)
            #expect(try answer.json["type"]?.text == "urn:tributary:problem:out-of-order")
            #expect(try answer.json["waitsFor"] == 1)
            #expect(try await scene.cases().isEmpty)
            _ = try await scene.deliver(FieldScene.delivery(1, number: 1))
            _ = try await scene.deliver(FieldScene.delivery(2, number: 2))
            try await scene.api.refused(
                .POST, "/v1/field/deliveries", FieldScene.delivery(1, number: 3), .alreadyExists, at: "/ordinal")
            #expect(try await scene.cases().count == 2)
        }
    }

    @Test(arguments: 0..<7)
    func `a delivery in whose middle the node stops is finished when it comes again`(writes: Int) async throws {
        try await FieldScene.serve { scene in
            try await scene.register()
            _ = try await scene.lease(2)
            let delivery = FieldScene.delivery(1, number: 1)
            await scene.api.node.fail(.stopping, after: writes)
            let request = try scene.api.request(.POST, "/v1/field/deliveries", delivery)
            let status = try await scene.api.client.execute(request, timeout: .seconds(60)).status.code
            #expect([201, 503].contains(status))
            await scene.api.node.recover()
            try await scene.again { (again) async throws in
                let message = try await again.deliver(delivery)
                #expect(message.state == .delivered)
                #expect(message.number == "示水当罚〔2026〕1号")
                #expect(try await again.cases() == [message.record])
                let id = try #require(message.record)
                let held: CaseMessage = try await again.api.call(.GET, "/v1/cases/\(id)", expecting: 200).read()
                #expect(held.steps.map(\.step) == ["look", "decide"])
                #expect(held.steps.allSatisfy { $0.counts })
                #expect(try await again.read().leases.map(\.used) == [[1]])
            }
        }
    }

    @Test func `what the judge refuses is kept as a case with what was sent, and its number is not used again`()
        async throws
    {
        try await FieldScene.serve { scene in
            try await scene.register()
            _ = try await scene.lease(2)
            let refused = try await scene.deliver(FieldScene.delivery(1, number: 1, skipping: "look"))
            #expect((refused.state, refused.number) == (.refused, "示水当罚〔2026〕1号"))
            #expect(refused.steps.map(\.state) == [.refused])
            #expect(refused.steps[0].problem?["articles"]?.array == ["行政处罚法第42条"])
            let id = try #require(refused.record)
            let held: CaseMessage = try await scene.api.call(.GET, "/v1/cases/\(id)", expecting: 200).read()
            #expect(held.facts.contains { $0.id == "decision-text" })
            let original = try await scene.api.read(try #require(refused.evidence.first))
            let digest = try #require(original["digest"]?.shown?.text)
            let sent = try await scene.api.call(.GET, "/v1/files/\(digest)", expecting: 200).json
            #expect(sent["steps"]?.array?.first?["number"] == 1)
            // It comes to order at a desk, with the number that is on the paper; nobody else's paper may bear it.
            let second = try await scene.deliver(FieldScene.delivery(2, number: 1))
            #expect(second.steps.map(\.state) == [.done, .refused])
            try await scene.desk.take("look", in: id)
            let taken: TakenStepMessage = try await scene.api.call(
                .POST, "/v1/cases/\(id)/steps",
                ["step": "decide", "with": ["GD-0002"], "number": 1, "device": .text(FieldScene.device)],
                expecting: 201
            ).read()
            #expect(taken.number == "示水当罚〔2026〕1号")
        }
    }

    @Test func `a matter that came to nothing takes its turn, and its number is spent`() async throws {
        try await FieldScene.serve { scene in
            try await scene.register()
            _ = try await scene.lease(2)
            let withdrawn = try await scene.deliver([
                "device": .text(FieldScene.device), "ordinal": 1, "capturedAt": "2026-03-01T07:10",
                "withdrawn": "spoilt", "number": 1,
            ])
            #expect((withdrawn.state, withdrawn.record) == (.withdrawn, nil))
            #expect(try await scene.read().leases.map(\.left) == [[2]])
            let next = try await scene.deliver(FieldScene.delivery(2, number: 2))
            #expect(next.state == .delivered)
        }
    }

    @Test func `photographs that are not here yet are asked for before anything is written`() async throws {
        try await FieldScene.serve { scene in
            try await scene.register()
            var members: [String: JSON] = [
                "evidence": [
                    [
                        "digest": .text(String(repeating: "a", count: 64)), "kind": "视听资料",
                        "capturedAt": "2026-03-01T07:05",
                    ]
                ]
            ]
            if case .object(let own) = FieldScene.delivery(1, number: 1) { members.merge(own) { _, own in own } }
            try await scene.api.refused(
                .POST, "/v1/field/deliveries", .object(members), .refused, at: "/evidence/0/digest")
            #expect(try await scene.cases().isEmpty)
        }
    }

    @Test func `a device keeps the penalties that its body may impose`() async throws {
        try await FieldScene.serve { scene in
            let catalogue: FieldCatalogue = try await scene.api.call(
                .GET, "/v1/field/catalogue", expecting: 200
            ).read()
            #expect(catalogue.items.map(\.code) == ["44990000000001"])
            #expect(catalogue.items.map(\.bases) == [["《示例条例》第八条"]])
        }
    }
}
