import Foundation
import HTTPTypes
import Hummingbird
import Libraries
import NIOCore

/// Work at the scene, on a phone without a line: two pages that hold nothing of anybody, so that a device may keep them,
/// and the files by which a browser installs them. What an officer sees on them his device knows.
enum FieldPages {
    static let section = Section(
        pages: [
            Page(path: "/field", template: "field", audience: .everyone, fill: fill),
            Page(path: "/field/new", template: "field-new", audience: .everyone, fill: fill),
        ],
        downloads: [
            Download(path: "/manifest.webmanifest", audience: .everyone, answer: manifest),
            Download(path: "/worker.js", audience: .everyone, answer: worker),
        ])

    @Sendable private static func fill(_ visit: Visit) async throws -> JSON {
        ["isShell": .boolean(visit.person == nil), "language": .text(visit.language.rawValue)]
    }

    // MARK: What a browser installs

    @Sendable private static func manifest(_ visit: Visit) async throws -> Response {
        func icon(_ name: String, _ size: String, _ type: String) -> JSON {
            ["src": .text(visit.site.address(of: name)), "sizes": .text(size), "type": .text(type)]
        }
        let manifest: JSON = [
            "id": "/field", "start_url": "/field", "scope": "/", "display": "standalone",
            "name": .text(visit.text("field.app")), "short_name": .text(visit.text("field.app-short")),
            "lang": .text(visit.language.tag), "theme_color": "#143a63", "background_color": "#f3f5f8",
            "icons": [
                icon("icon-192.png", "192x192", "image/png"), icon("icon-512.png", "512x512", "image/png"),
                icon("icon.svg", "any", "image/svg+xml"),
            ],
        ]
        return answer(try encoded(manifest), "application/manifest+json")
    }

    /// The service worker, which is another one whenever a file of the site is another.
    @Sendable private static func worker(_ visit: Visit) async throws -> Response {
        guard let script = visit.site.assets["worker.js"] else { throw Refusal.ownFault }
        let kept = [
            "console.css", "console.js", "field.js", "field-outbox.js", "field-store.js", "icon.svg", "icon-192.png",
        ].map(visit.site.address(of:))
        let heading: JSON = ["version": .text(visit.site.version), "files": .array(kept.map(JSON.text))]
        let line = Array("\"use strict\";\nconst SITE = ".utf8) + (try encoded(heading)) + Array(";\n".utf8)
        return answer(line + script.bytes, script.mediaType)
    }

    private static func encoded(_ json: JSON) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(json))
    }

    private static func answer(_ bytes: [UInt8], _ mediaType: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: mediaType, .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
