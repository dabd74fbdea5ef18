import Divisions
import GRDB
import Lattice
import Ledger
import Replication

/// Where records of one kind, home and flow lie.
struct Shelf: Hashable {
    let kind: String
    let home: DivisionCode
    let flow: Flow

    init(_ id: RecordID) { (kind, home, flow) = (id.kind, id.home, id.flow) }

    init(kind: String, home: DivisionCode, flow: Flow) { (self.kind, self.home, self.flow) = (kind, home, flow) }
}

/// What never changes of a stream once its opening is here.
struct StreamFacts {
    let id: StreamID
    let home: DivisionCode
    let flow: Flow
    let suite: UInt8
}

/// A record's name by small integer.
struct RecordPlace: Hashable {
    let shelf: Int64
    let key: RecordKey
}

/// What every entry and every record takes: compiled once per connection and found without hashing its text.
enum KeptStatement: Int, CaseIterable {
    case findRecord, readState, insertRecord, updateRecord, insertEntry, insertTouch, updateHead

    var sql: String {
        switch self {
        case .findRecord: "SELECT id FROM record WHERE key = ? AND shelf = ?"
        case .readState: "SELECT state FROM record WHERE id = ?"
        case .insertRecord: "INSERT INTO record (id, shelf, key, state) VALUES (?, ?, ?, ?)"
        case .updateRecord: "UPDATE record SET state = ? WHERE id = ?"
        case .insertEntry:
            """
            INSERT INTO entry (position, stream, number, urgent, arrived, seal, body, header)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        case .insertTouch: "INSERT INTO touch (record, position) VALUES (?, ?)"
        case .updateHead: "UPDATE stream SET number = ?, hash = ?, stamp = ?, forked_after = ? WHERE id = ?"
        }
    }
}

/// What a connection has already looked up: each map is emptied when it is full, so that memory does not follow the
/// size of the store. Nothing in it can change, save by a commit of the connection that keeps it.
final class Caches {
    static let entriesMax = 65_536

    var streamIDs = Bounded<StreamID, Int64>()
    var streamNames = Bounded<Int64, StreamID>()
    var facts = Bounded<Int64, StreamFacts>()
    var shelfIDs = Bounded<Shelf, Int64>()
    var shelves = Bounded<Int64, Shelf>()
    /// 0 stands for a record known to be absent.
    var records = Bounded<RecordPlace, Int64>()
    var lastPosition: Int64?
    var lastRecord: Int64?
    /// The shelf that was asked for last: records come in long rows of one kind and home.
    var lastShelf: (shelf: Shelf, id: Int64)?
    fileprivate var statements: [Prepared?] = []

    /// Lets go of the statements too, without which their connection cannot close.
    func close() {
        forget()
        statements = []
    }

    func forget() {
        (streamIDs, streamNames, facts) = (Bounded(), Bounded(), Bounded())
        (shelfIDs, shelves, records) = (Bounded(), Bounded(), Bounded())
        (lastPosition, lastRecord, lastShelf) = (nil, nil, nil)
    }

    struct Bounded<Key: Hashable, Value> {
        private var values: [Key: Value] = [:]

        subscript(key: Key) -> Value? {
            get { values[key] }
            set {
                if values.count >= Caches.entriesMax { values.removeAll(keepingCapacity: true) }
                values[key] = newValue
            }
        }
    }
}

/// A connection within one access: everything that is read by the core and by others alike.
struct StoreConnection {
    let db: Database
    let caches: Caches

    init(_ db: Database, _ caches: Caches = Caches()) { (self.db, self.caches) = (db, caches) }

    func prepared(_ sql: String) throws -> Prepared { try Prepared(db, sql) }

    func kept(_ statement: KeptStatement) throws -> Prepared { try kept(at: statement.rawValue) { statement.sql } }

    func kept(_ statement: RowTable.Statement, of table: RowTable) throws -> Prepared {
        let place = KeptStatement.allCases.count + table.place * RowTable.Statement.allCases.count + statement.rawValue
        return try kept(at: place) { table.sql(statement) }
    }

    private func kept(at place: Int, _ sql: () -> String) throws -> Prepared {
        if place < caches.statements.count, let known = caches.statements[place] { return known }
        let made = try Prepared(keeping: sql(), db)
        if place >= caches.statements.count {
            caches.statements += [Prepared?](repeating: nil, count: place + 1 - caches.statements.count)
        }
        caches.statements[place] = made
        return made
    }

    // MARK: Small integers

    func streamID(_ stream: StreamID) throws -> Int64? {
        if let id = caches.streamIDs[stream] { return id }
        let id = try prepared("SELECT id FROM stream WHERE digest = ?").bind(1, stream.digest.bytes)
            .first { $0.integer(0) }
        if let id { caches.streamIDs[stream] = id }
        return id
    }

    func streamName(_ id: Int64) throws -> StreamID {
        if let name = caches.streamNames[id] { return name }
        let found = try prepared("SELECT digest FROM stream WHERE id = ?").bind(1, id)
            .first { try digest($0.bytes(0), "stream") }
        guard let found else { throw StoreFailure.corrupt("stream \(id) is named and not there") }
        let name = StreamID(found)
        caches.streamNames[id] = name
        return name
    }

    func facts(_ id: Int64) throws -> StreamFacts {
        if let facts = caches.facts[id] { return facts }
        let name = try streamName(id)
        let query = "SELECT home, flow, suite FROM stream WHERE id = ? AND opening IS NOT NULL"
        let found = try prepared(query).bind(1, id)
            .first { row in
                StreamFacts(
                    id: name, home: try code(row.text(0)), flow: try flow(row.integer(1)),
                    suite: UInt8(truncatingIfNeeded: row.integer(2)))
            }
        guard let found else { throw StoreFailure.corrupt("stream \(name.short) has entries and no opening") }
        caches.facts[id] = found
        return found
    }

    func shelfID(_ shelf: Shelf) throws -> Int64? {
        if let last = caches.lastShelf, last.shelf == shelf { return last.id }
        if let id = caches.shelfIDs[shelf] {
            caches.lastShelf = (shelf, id)
            return id
        }
        let id = try prepared("SELECT id FROM shelf WHERE kind = ? AND home = ? AND flow = ?").bind(1, shelf.kind)
            .bind(2, shelf.home.text).bind(3, Int64(shelf.flow.rawValue)).first { $0.integer(0) }
        if let id { caches.shelfIDs[shelf] = id }
        return id
    }

    func shelf(_ id: Int64) throws -> Shelf {
        if let shelf = caches.shelves[id] { return shelf }
        let found = try prepared("SELECT kind, home, flow FROM shelf WHERE id = ?").bind(1, id).first { row in
            Shelf(kind: row.text(0), home: try code(row.text(1)), flow: try flow(row.integer(2)))
        }
        guard let found else { throw StoreFailure.corrupt("shelf \(id) is named and not there") }
        caches.shelves[id] = found
        return found
    }

    /// The small integer of a record, `nil` if nothing here names it.
    func recordID(_ id: RecordID) throws -> Int64? {
        guard let shelf = try shelfID(Shelf(id)) else { return nil }
        return try recordID(RecordPlace(shelf: shelf, key: id.key))
    }

    func recordID(_ place: RecordPlace) throws -> Int64? {
        if let known = caches.records[place] { return known == 0 ? nil : known }
        let found = try kept(.findRecord).bind(1, place.key.bytes).bind(2, place.shelf).first { $0.integer(0) }
        caches.records[place] = found ?? 0
        return found
    }

    func recordName(shelf: Int64, key: [UInt8]) throws -> RecordID {
        guard let key = RecordKey(bytes: key) else { throw StoreFailure.corrupt("a record's key is not 16 bytes long") }
        let shelf = try self.shelf(shelf)
        return RecordID(home: shelf.home, flow: shelf.flow, kind: shelf.kind, key: key)
    }

    // MARK: Checked reading of columns

    func digest(_ bytes: [UInt8], _ table: String) throws -> Digest {
        guard let digest = Digest(bytes: bytes) else {
            throw StoreFailure.corrupt("a digest in \(table) is not 33 bytes long")
        }
        return digest
    }

    func code(_ text: String) throws -> DivisionCode {
        guard let code = DivisionCode(text) else { throw StoreFailure.corrupt("a division's code cannot be read") }
        return code
    }

    func flow(_ raw: Int64) throws -> Flow {
        guard let raw = UInt8(exactly: raw), let flow = Flow(rawValue: raw) else {
            throw StoreFailure.corrupt("a flow numbered \(raw)")
        }
        return flow
    }
}
