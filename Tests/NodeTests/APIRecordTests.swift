import AsyncHTTPClient
import Divisions
import Lattice
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Replication
import Store
import Testing

@testable import Node

struct APIRecordTests {
    @Test func `a record comes back as it was made, Chinese text and all`() async throws {
        try await TestAPI.serve { api in
            let fields: JSON = [
                "title": "擅自占道经营·𠮷野家", "party": "张三", "tags": ["夜间", "复查"], "notes": ["首次巡查"],
                "fines-fen": 20_000, "filed-on": "2026-03-01",
            ]
            let made = try await api.createCase(fields)
            let read = try await api.read(made.id)
            #expect(read == made)
            #expect(read["title"]?.shown == "擅自占道经营·𠮷野家")
            #expect(read["party"]?.shown == "张三")
            #expect(read["party"]?.isPersonal == true)
            #expect(read["tags"]?.values.map(\.value) == ["复查", "夜间"])
            #expect(read["notes"]?.values.map(\.value) == ["首次巡查"])
            #expect(read["fines-fen"]?.shown == 20_000)
            #expect(read["status"]?.shown == nil)
            #expect(read["status"]?.seen == "")
            #expect(read["title"]?.chinese == "案由")
            #expect(read["title"]?.values.map(\.level) == ["county"])
            #expect(read["title"]?.values.map(\.written) == ["2026-03-01T00:00:01.000Z"])
            #expect(read.home == "440781")
            #expect(read.conflicts.isEmpty)
        }
    }

    @Test func `a personal value stands in its entry's header as a digest only`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase(["party": "张三"])
            let id = try #require(RecordID(made.id))
            let log = try api.node.store.history(of: id)
            let entry = try #require(log.first?.entry)
            let needle = Array("张三".utf8)
            #expect(!entry.header.contains(needle))
            #expect(entry.body.contains(needle))
        }
    }

    @Test func `a record made without a key gets an id of its own each time`() async throws {
        try await TestAPI.serve { api in
            let first = try await api.createCase()
            let second = try await api.createCase()
            #expect(first.id != second.id)
        }
    }

    @Test func `a record made with a key twice is refused with the id of the first`() async throws {
        try await TestAPI.serve { api in
            let body: JSON = ["kind": "case", "key": "粤台综执〔2026〕1号", "fields": ["title": "一"]]
            let first = try await api.call(.POST, "/v1/records", body, expecting: 201)
            let id = try first.read(WrittenRecord.self).id
            #expect(first.headers.first(name: "location") == "/v1/records/\(id)")
            let second = try await api.call(.POST, "/v1/records", body, expecting: 409)
            #expect(try second.json["id"] == .text(id))
        }
    }

    @Test func `an id may be percent-encoded in the path`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            let encoded = made.id.replacing(":", with: "%3A")
            #expect(try await api.read(encoded) == made)
        }
    }

    @Test func `every action does what it says`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase(["title": "一", "status": "立案", "tags": ["甲", "乙"]])
            let tags = try #require(made["tags"]?.seen)
            try await api.edit(
                made.id,
                [
                    ["field": "title", "action": "set", "value": "二", "seen": .text(made["title"]?.seen ?? "")],
                    ["field": "status", "action": "clear", "seen": .text(made["status"]?.seen ?? "")],
                    ["field": "place", "action": "set", "value": "台城", "seen": ""],
                    ["field": "tags", "action": "add", "value": "丙"],
                    ["field": "tags", "action": "remove", "value": "甲", "seen": .text(tags)],
                    ["field": "notes", "action": "append", "value": "现场检查"],
                    ["field": "fines-fen", "action": "increment", "value": 500],
                ])
            try await api.edit(
                made.id,
                [
                    ["field": "fines-fen", "action": "increment", "value": -200],
                    ["field": "notes", "action": "append", "value": "复查"],
                    ["field": "tags", "action": "add", "value": "丙"],
                ])
            let read = try await api.read(made.id)
            #expect(read["title"]?.shown == "二")
            #expect(read["status"]?.shown == nil)
            #expect(read["place"]?.shown == "台城")
            #expect(Set(read["tags"]?.values.compactMap(\.value) ?? []) == ["乙", "丙"])
            #expect(read["notes"]?.values.map(\.value) == ["现场检查", "复查"])
            #expect(read["fines-fen"]?.shown == 300)
            let id = try #require(RecordID(made.id))
            let state = try #require(try api.node.store.record(id))
            let again = state.fields.first { $0.key.name == "tags" }
            #expect(again?.live.count == 2, "adding what is there already does not let a set grow")
        }
    }

    @Test func `edits with nothing to do write nothing`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            let answer = try await api.edit(
                made.id,
                [
                    ["field": "tags", "action": "remove", "value": "无", "seen": ""],
                    ["field": "place", "action": "clear", "seen": ""],
                ])
            #expect(try answer.read(WrittenRecord.self).entries == [])
            #expect(try await api.read(made.id).etag == made.etag)
        }
    }

    @Test func `two who edit what they both saw make a conflict, and a resolution ends it`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase(["status": "立案"])
            let seen = JSON.text(try #require(made["status"]?.seen))
            for value: JSON in ["调查", "审核"] {
                try await api.edit(made.id, [["field": "status", "action": "set", "value": value, "seen": seen]])
            }
            let inConflict = try await api.read(made.id)
            #expect(inConflict["status"]?.isInConflict == true)
            #expect(inConflict["status"]?.values.map(\.value) == ["审核", "调查"])
            #expect(inConflict.conflicts == [ConflictMessage(conflict: "different-values", field: "status")])

            let listed: ConflictList = try await api.call(.GET, "/v1/conflicts", expecting: 200).read()
            #expect(listed.records == [inConflict])

            try await api.call(
                .POST, "/v1/records/\(made.id)/resolve",
                [
                    "field": "status", "value": "审核", "seen": .text(try #require(inConflict["status"]?.seen)),
                    "reason": "以法制审核意见为准",
                ], as: .supervisor, expecting: 200)
            let settled = try await api.read(made.id)
            #expect(settled.conflicts.isEmpty)
            #expect(settled["status"]?.shown == "审核")
            #expect(settled["status"]?.values.count == 1)
            #expect(settled["resolutions"]?.values.map(\.value) == ["以法制审核意见为准"])
            #expect(settled["resolutions"]?.isPersonal == true)
            let rest: ConflictList = try await api.call(.GET, "/v1/conflicts", expecting: 200).read()
            #expect(rest.records.isEmpty)
        }
    }

    @Test func `a value written after the screen was read survives a resolution that did not see it`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase(["status": "立案"])
            let seen = JSON.text(try #require(made["status"]?.seen))
            for value: JSON in ["调查", "审核"] {
                try await api.edit(made.id, [["field": "status", "action": "set", "value": value, "seen": seen]])
            }
            let screen = JSON.text(try #require(try await api.read(made.id)["status"]?.seen))
            try await api.edit(made.id, [["field": "status", "action": "set", "value": "听证", "seen": seen]])
            try await api.call(
                .POST, "/v1/records/\(made.id)/resolve", ["field": "status", "value": "审核", "seen": screen],
                expecting: 200)
            let values = try await api.read(made.id)["status"]?.values.compactMap(\.value) ?? []
            #expect(Set(values) == ["审核", "听证"])
        }
    }

    @Test func `an edit under an entity tag is refused once the record has changed`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            let edit: [JSON] = [["field": "notes", "action": "append", "value": "一"]]
            let answer = try await api.edit(made.id, edit, headers: ["If-Match": made.etag])
            let now = try #require(answer.headers.first(name: "etag"))
            #expect(now != made.etag)
            try await api.refused(
                .PATCH, "/v1/records/\(made.id)", ["edits": .array(edit)], headers: ["If-Match": made.etag],
                .changedMeanwhile, at: "header:if-match")
            try await api.edit(made.id, edit, headers: ["If-Match": now])
            try await api.edit(made.id, edit, headers: ["If-Match": "*"])
        }
    }

    @Test func `of many edits under one entity tag exactly one is taken`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            let request = try api.request(
                .PATCH, "/v1/records/\(made.id)", ["edits": [["field": "notes", "action": "append", "value": "抢先"]]],
                headers: ["If-Match": made.etag])
            let statuses = try await withThrowingTaskGroup(of: UInt.self) { tasks in
                for _ in 0..<16 {
                    tasks.addTask { try await api.client.execute(request, timeout: .seconds(60)).status.code }
                }
                var statuses: [UInt] = []
                for try await status in tasks { statuses.append(status) }
                return statuses
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 412 } == 15)
        }
    }

    @Test func `a removed record is gone, and its history stays`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            let answer = try await api.call(
                .DELETE, "/v1/records/\(made.id)", ["seen": .text(made.seen)], expecting: 200)
            #expect(try answer.read(WrittenRecord.self).record == nil)
            try await api.refused(.GET, "/v1/records/\(made.id)", .notFound, at: "path:id")
            let history: HistoryMessage = try await api.call(.GET, "/v1/records/\(made.id)/history", expecting: 200)
                .read()
            #expect(history.entries.map { $0.edits.map(\.action) } == [["write", "write", "write"], ["remove"]])
        }
    }

    @Test func `a record edited after the remover's read stays, in conflict, until a person decides`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase()
            try await api.edit(made.id, [["field": "notes", "action": "append", "value": "补充"]])
            try await api.call(.DELETE, "/v1/records/\(made.id)", ["seen": .text(made.seen)], expecting: 200)
            let left = try await api.read(made.id)
            #expect(left.conflicts == [ConflictMessage(conflict: "removed-while-edited", field: nil)])
            try await api.call(
                .POST, "/v1/records/\(made.id)/resolve", ["field": "exists", "value": true, "seen": .text(left.seen)],
                expecting: 200)
            let kept = try await api.read(made.id)
            #expect(kept.conflicts.isEmpty)
            try await api.call(
                .POST, "/v1/records/\(made.id)/resolve", ["field": "exists", "value": false, "seen": .text(kept.seen)],
                expecting: 200)
            try await api.refused(.GET, "/v1/records/\(made.id)", .notFound, at: "path:id")
        }
    }

    @Test func `a history says who wrote what, where and when, and when it arrived`() async throws {
        try await TestAPI.serve { api in
            let made = try await api.createCase(["status": "立案", "party": "张三"])
            try await api.edit(
                made.id,
                [["field": "status", "action": "set", "value": "调查", "seen": .text(made["status"]?.seen ?? "")]],
                as: .reviewer)
            let history: HistoryMessage = try await api.call(.GET, "/v1/records/\(made.id)/history", expecting: 200)
                .read()
            #expect(history.id == made.id)
            let (first, second) = (try #require(history.entries.first), try #require(history.entries.last))
            #expect(history.entries.count == 2)
            #expect(first.author == TestAPI.author.description)
            #expect(second.author == nil)
            #expect(first.body == TestAPI.body)
            #expect(first.division == "440781")
            #expect(first.divisionName == "台山市")
            #expect(first.seat == "440781")
            #expect(first.counts)
            #expect(first.written == "2026-03-01T00:00:01.000Z")
            #expect(first.arrived == "2026-03-01T00:00:01.000Z")
            #expect(second.written == "2026-03-01T00:00:02.000Z")
            #expect(first.change != second.change)
            #expect(first.edits.map(\.field) == ["exists", "party", "status"])
            #expect(first.edits.map(\.value) == [nil, "张三", "立案"])
            #expect(second.edits.map(\.value) == ["调查"])
            #expect(second.edits.first?.replaces == made["status"]?.values.map(\.dot))
        }
    }
}

extension [UInt8] {
    func contains(_ needle: [UInt8]) -> Bool {
        guard count >= needle.count else { return false }
        return (0...count - needle.count).contains { self[$0..<$0 + needle.count].elementsEqual(needle) }
    }
}
