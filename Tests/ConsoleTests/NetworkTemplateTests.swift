import Libraries
import Testing

@testable import Console

/// The pages of the network, the public site and the log of views, drawn from what the API answers.
@Suite struct NetworkTemplateTests {
    private static let hostile = "<script>\"'&"

    private let site: Site

    init() throws { site = try Site() }

    private func html(_ template: String, _ view: JSON, in language: Language) throws -> String {
        let html = try #require(site.render(template, view, in: language))
        #expect(!html.contains("<script>\"") && !html.contains("[["))
        return html
    }

    private static let node: JSON = [
        "division": "440781", "name": .text(hostile), "hasNode": true, "linkState": "down", "since": 1_772_323_200_000,
        "lagSeconds": 90, "backlogEntries": 12, "downBacklogEntries": 3, "phase": "unknown", "release": .text(hostile),
    ]
    private static let below: JSON = ["nodes": 4, "heard": 3, "silent": 1, "worst": "down"]

    @Test(arguments: Language.allCases)
    func `a cut line shows with its sign, its word and what it holds back`(language: Language) throws {
        let picture = NetworkPicture(above: 1, below: 1)
        func tile(_ tile: NetworkPicture.Tile) -> JSON {
            [
                "x": .integer(Int64(tile.x)), "y": .integer(Int64(tile.y)), "state": "down", "code": "440781106",
                "short": .text(Self.hostile), "wire": .text(NetworkPicture.wire(to: tile)), "backlog": 12,
            ]
        }
        let view: JSON = [
            "network": [
                "node": Self.node,
                "heldBack": [
                    "entries": 1_234, "isAll": false,
                    "parts": [["flow": "up-urgent", "kind": "case", "entries": 1_234]],
                ],
            ],
            "below": Self.below, "isOwn": true, "hasRows": true, "agreement": "differs",
            "rows": [
                [
                    "node": Self.node, "below": Self.below, "hasMore": true, "agreement": "differs",
                    "flags": [["flag": "forks", "count": 2]],
                ]
            ],
            "picture": [
                "rail": .text(picture.rail), "centre": tile(picture.centre),
                "above": .array(picture.above.map(tile)), "tiles": .array(picture.tiles.map(tile)),
            ],
            "incidents": [["kind": "fork", "words": ["chinese": "分叉", "english": "Fork"], "count": 1]],
        ]
        let page = try html("network", view, in: language)
        let words = try #require(site.words[language]?.catalogue)
        for key in [
            "link-state.down", "agreement.differs", "network-flag.forks", "flow.up-urgent", "network.held-more",
        ] {
            #expect(page.contains(try #require(words[key])), "\(key)")
        }
        #expect(page.contains("✕") && page.contains("1,234") && page.contains("class=\"wire is-down\""))
        #expect(page.contains("href=\"/network/440781106\""))
    }

    @Test(arguments: Language.allCases)
    func `what was withdrawn says so, why and when, and nothing of what it said`(language: Language) throws {
        let withdrawn: JSON = [
            "id": "publication:440781:up:01", "state": "withdrawn", "phase": "after", "body": "440781-01",
            "documentNumber": "粤台水罚〔2026〕1号", "withdrawnAt": "2026-03-01T09:05", "reason": .text(Self.hostile),
        ]
        let shown: JSON = [
            "id": "publication:440781:up:02", "state": "public", "phase": "after", "body": "440781-01",
            "title": .text(Self.hostile),
        ]
        let list = try html("publicity", ["entries": [withdrawn, shown]], in: language)
        #expect(list.contains("data-publication=\"publication:440781:up:01\" data-state=\"withdrawn\""))
        #expect(list.contains("data-publication=\"publication:440781:up:02\" data-state=\"public\""))
        #expect(list.contains("粤台水罚〔2026〕1号") && list.contains("&lt;script&gt;"))
        let one = try html("publicity-entry", ["entry": withdrawn, "isPublic": false], in: language)
        #expect(one.contains(site.text("publicity.withdrawn-words", in: language)))
        #expect(one.contains(language == .chinese ? "2026年3月1日 09:05" : "1 Mar 2026, 09:05"))
        let form = try html("publicity-withdraw", ["entry": shown, "isPublic": true, "once": "k"], in: language)
        #expect(form.contains("action=\"/publicity/publication%3A440781%3Aup%3A02/withdraw\""))
        let rows: JSON = [
            "rows": [["id": "a", "standing": "shown", "mayWithdraw": true, "title": .text(Self.hostile)]]
        ]
        #expect(try html("publications", rows, in: language).contains("href=\"/publicity/a/withdraw\""))
    }

    @Test(arguments: Language.allCases)
    func `a certificate is good or not in words, and a view tells who and why`(language: Language) throws {
        let suspended: JSON = [
            "number": "1",
            "officer": [
                "name": .text(Self.hostile), "isValid": false, "since": "2026-03-01", "areas": [], "fields": [],
                "status": ["chinese": "暂扣", "english": "suspended"],
            ],
        ]
        let check = try html("publicity-officers", ["check": suspended, "isKnown": true], in: language)
        #expect(check.contains(language == .chinese ? "✕ 暂扣" : "✕ suspended"))
        let none = try html("publicity-officers", ["check": ["number": "2"], "isKnown": false], in: language)
        #expect(none.contains(site.text("publicity.unknown-certificate", in: language)))
        let view: JSON = [
            "at": 1_772_323_200_000, "viewer": "v", "viewerName": .text(Self.hostile), "viewerPath": "/views?viewer=v",
            "subject": "case:440781:up:01", "subjectPath": "/views?subject=s", "recordPath": "/cases/c",
            "kind": "case", "mark": "81:up:01", "what": "case",
            "whatWords": ["chinese": "案件", "english": "A case"],
            "purposeWords": ["chinese": "监督", "english": "Supervision"],
        ]
        let log = try html("views", ["views": [view], "watches": true, "seesSubject": true], in: language)
        #expect(log.contains("href=\"/cases/c\"") && log.contains("81:up:01"))
        #expect(log.contains(language == .chinese ? "监督" : "Supervision"))
    }

    @Test func `the line says since when it is gone, and nothing of the kind while it is up`() throws {
        let words = try #require(site.words[.chinese])
        let time = words.formats.time(milliseconds: 1_772_323_200_000)
        let down = try html("views", ["line": ["state": "down", "since": 1_772_323_200_000]], in: .chinese)
        #expect(down.contains("data-state=\"down\"") && down.contains("线路中断") && down.contains(time))
        let up = try html("views", ["line": ["state": "up", "since": 1_772_323_200_000]], in: .chinese)
        #expect(up.contains("data-state=\"up\"") && !up.contains(time))
    }
}
