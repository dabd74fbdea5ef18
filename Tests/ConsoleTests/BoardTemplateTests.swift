import Libraries
import Testing

@testable import Console

@Suite struct BoardTemplateTests {
    private static let hostile: JSON = "<script>alert('x')</script>\""

    /// Everything that a page of supervision may show, each text hostile.
    private static let view: JSON = [
        "csrf": "secret", "once": "once", "tab": "board", "inDivision": "?division=440700", "csv": "/a.csv",
        "division": ["code": "440700", "name": hostile], "colour": "cases", "otherColour": "/supervision",
        "crumbs": [["name": hostile, "path": "/supervision"]],
        "groups": [["group": "caseload", "figures": [figure("cases", 12), figure("fines-fen", 12_345)]]],
        "cases": [
            [
                "path": "/cases/1", "title": hostile, "divisionName": hostile, "standing": "open", "over": 3,
                "due": "2026-11-20", "deadline": "decide", "publicity": "owed", "recording": "done", "review": "none",
                "next": ["step": "decide", "name": ["chinese": "决定", "english": "Decide"]],
                "findings": [
                    ["finding": "overdue", "chinese": hostile, "english": hostile, "articles": hostile]
                ],
            ]
        ],
        "finding": "gate-broken", "findings": [["finding": "gate-broken", "amount": 0, "path": "/x"]],
        "children": [
            [
                "name": hostile, "path": "/x", "total": figure("cases", 12), "late": figure("standing-overdue", 0),
                "open": 1, "decided": 2, "near": 3, "fines": 400,
            ]
        ],
        "map": [
            "width": 130, "height": 76, "tileWidth": 124, "tileHeight": 70,
            "tiles": [
                [
                    "name": hostile, "path": "/x", "x": 6, "y": 6, "middle": 68, "nameY": 30, "firstY": 49,
                    "secondY": 66, "heat": 2, "sort": "cases", "total": 12, "late": 3,
                ]
            ],
        ],
        "charts": [
            [
                "indicator": "opened", "points": "8.0,88.0 312.0,8.0", "dot": ["x": "312.0", "y": "8.0"],
                "from": "2025-12", "to": "2026-11", "path": "/x", "isMoney": false,
                "rows": [["month": "2026-11", "amount": 7, "path": "/y"]],
                "latest": ["month": "2026-11", "amount": 7, "path": "/y"],
            ]
        ],
        "rows": [
            [
                "body": hostile, "name": hostile, "officer": hostile, "record": "x", "path": "/x", "casesPath": "/y",
                "officersPath": "/z", "itemPath": "/w", "tone": "near", "score": .number(88.5), "cases": 4,
                "publicity": 90,
                "recording": 80, "review": 70, "threeSystems": 80, "lost": 2, "item": hostile, "itemName": hostile,
                "place": hostile, "month": "2026-11", "meanBefore": .number(0.5), "growth": 2, "series": hostile,
                "first": 3,
                "last": 5, "count": 3, "isExplained": false, "sort": "urge", "from": hostile, "answers": 0,
                "isLate": true, "division": "440700", "due": "2026-11-20",
            ]
        ],
        "maySupervise": true, "mayWrite": true, "by": "item",
    ]

    private static func figure(_ indicator: String, _ amount: Int64) -> JSON {
        ["indicator": .text(indicator), "amount": .integer(amount), "path": "/x", "tone": "note"]
    }

    private static let templates = [
        "supervision", "trends", "supervision-cases", "supervision-overdue", "supervision-nearly-overdue",
        "supervision-findings", "hot-spots", "supervision-scores", "supervision-officers", "number-gaps", "directives",
    ]

    @Test(arguments: templates, Language.allCases)
    func `a page of supervision shows what is hostile as text`(template: String, language: Language) throws {
        let html = try #require(try Site().render(template, Self.view, in: language))
        #expect(!html.contains("<script>alert"))
        #expect(html.contains("&lt;script&gt;"))
        #expect(html.contains("data-template=\"\(template)\""))
    }

    @Test func `a number of the board opens the cases behind it, and a tile its division`() throws {
        let html = try #require(try Site().render("supervision", Self.view, in: .english))
        #expect(
            html.contains("<li data-indicator=\"cases\"><a class=\"figure is-note\" href=\"/x\"><strong>12</strong>"))
        #expect(html.contains("<rect class=\"tile is-cases-2\" x=\"6\" y=\"6\" width=\"124\" height=\"70\" rx=\"6\"/>"))
        #expect(html.contains("Cases 12</text>"))
        #expect(html.contains("Overdue 3</text>"))
        #expect(html.contains("<polyline class=\"chart-line\" points=\"8.0,88.0 312.0,8.0\"/>"))
        #expect(html.contains("Days over: 3"))
    }

    @Test func `tiles are coloured by quarters of the highest`() {
        #expect([0, 1, 25, 26, 99, 100].map { SupervisionPictures.level($0, of: 100) } == [0, 1, 1, 2, 4, 4])
        #expect(SupervisionPictures.level(0, of: 0) == 0)
    }

    @Test func `a running job is looked at again, and one that is over is not`() throws {
        let running: JSON = [
            "kind": "backup", "state": "running", "tone": "note", "isOver": false, "path": "/operation/jobs/1",
            "started": 1_764_000_000_000, "done": 3, "total": 10,
        ]
        let site = try Site()
        let live = try #require(site.render("operation-job", ["job": running, "poll": 2], in: .chinese))
        #expect(live.contains("data-poll=\"2\""))
        #expect(live.contains("<progress max=\"10\" value=\"3\""))
        let over: JSON = [
            "kind": "verification", "state": "done", "tone": "good", "isOver": true, "path": "/operation/jobs/1",
            "started": 1_764_000_000_000, "done": 10,
            "result": ["isSound": false, "faults": [["chinese": "缺", "english": Self.hostile]]],
        ]
        let ended = try #require(site.render("operation-job", ["job": over, "isUnsound": true], in: .english))
        #expect(!ended.contains("data-poll"))
        #expect(!ended.contains("<script>alert"))
        #expect(ended.contains("See to it at once."))
    }

    @Test(arguments: Language.allCases)
    func `the pages of operation show names and tokens as text`(language: Language) throws {
        let account: JSON = [
            "name": Self.hostile, "certificate": "440781000105", "role": "officer", "divisionName": Self.hostile,
            "body": Self.hostile, "created": 1_764_000_000_000, "passwordChanged": 1_764_000_000_000,
            "isDisabled": false, "mustChange": true, "path": "/operation/accounts/440781000105",
        ]
        let site = try Site()
        let operation: JSON = [
            "phase": ["state": "writing"], "uptimeSeconds": 60, "records": 1, "entries": 2, "storeBytes": 3,
            "boardBytes": 4, "conflicts": 0, "forks": 0, "filesMissing": 0, "release": Self.hostile,
            "clock": 1_764_000_000_000, "backups": [["file": Self.hostile, "bytes": 5]],
            "metrics": [["name": Self.hostile, "labels": "", "value": .number(1.5)]],
        ]
        let pages: [(String, JSON)] = [
            (
                "operation",
                ["operation": operation, "certificates": [["name": Self.hostile, "daysLeft": 3, "validTo": 5]]]
            ),
            ("operation-tokens", ["tokens": [["label": Self.hostile, "role": "officer"]]]),
            ("operation-accounts", ["accounts": [account]]), ("operation-account", ["account": account]),
            ("token-shown", ["made": ["label": Self.hostile, "token": "t"]]),
            ("password-shown", ["written": ["account": account, "password": "p"]]),
            ("directive", ["sort": "urge", "words": Self.hostile, "answers": [Self.hostile], "mayAnswer": true]),
            ("directive-new", ["about": ["id": Self.hostile, "title": Self.hostile, "path": "/x"], "sorts": []]),
        ]
        for (template, view) in pages {
            let html = try #require(site.render(template, view, in: language), "there is no template \(template)")
            #expect(!html.contains("<script>alert"), "\(template)")
            #expect(html.contains("&lt;script&gt;"), "\(template)")
        }
    }
}
