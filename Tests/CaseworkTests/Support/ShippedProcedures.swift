import Foundation

@testable import Casework

/// The procedures that come with the program.
enum ShippedProcedures {
    static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Procedures")
    }

    static func read(_ name: String) throws -> Procedure {
        let file = folder.appending(path: "\(name).yaml")
        return try Procedure(yaml: String(contentsOf: file, encoding: .utf8), file: "\(name).yaml")
    }
}
