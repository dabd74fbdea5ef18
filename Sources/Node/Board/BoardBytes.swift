import Foundation
import Ledger

/// Bytes as the board's file takes them.
enum BoardBytes {
    typealias Data = Foundation.Data

    static func data(_ bytes: [UInt8]) -> Data { Data(bytes) }
    static func bytes(_ data: Data?) -> [UInt8]? { data.map { Array($0) } }
}

extension RecordKey {
    var data: BoardBytes.Data { BoardBytes.data(bytes) }
}
