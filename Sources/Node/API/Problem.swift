import Ledger
package import Libraries
import Replication
import Store

/// An answer that says what is wrong, where, and what to do (RFC 9457, "Problem Details for HTTP APIs"). It never
/// repeats a value that was sent or is stored, since any of them may be a citizen's.
package struct Problem: Error, Hashable, Sendable {
    /// What went wrong, as a machine tells it apart; the raw value is in the problem's `type`.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case malformedJSON = "malformed-json"
        case notJSON = "not-json"
        case unknownMember = "unknown-member"
        case missingMember = "missing-member"
        case wrongType = "wrong-type"
        case badValue = "bad-value"
        case badID = "bad-id"
        case badSeen = "bad-seen"
        case badCursor = "bad-cursor"
        case badRange = "bad-range"
        case unauthenticated
        case badCredentials = "bad-credentials"
        case lockedOut = "locked-out"
        case passwordRules = "password-rules"
        case passwordChangeRequired = "password-change-required"
        case roleForbids = "role-forbids"
        case homeForbids = "home-forbids"
        case notFound = "not-found"
        case noSuchEndpoint = "no-such-endpoint"
        case methodNotAllowed = "method-not-allowed"
        case alreadyExists = "already-exists"
        case outOfOrder = "out-of-order"
        case changedMeanwhile = "changed-meanwhile"
        case seenRequired = "seen-required"
        case tooLarge = "too-large"
        case unknownKind = "unknown-kind"
        case unknownField = "unknown-field"
        case notEditable = "not-editable"
        case notIndexed = "not-indexed"
        case refused
        case idempotencyKeyReused = "idempotency-key-reused"
        case overloaded
        case unavailable
        case internalError = "internal-error"

        package var status: Int {
            switch self {
            case .malformedJSON, .unknownMember, .missingMember, .wrongType, .badValue, .badID, .badSeen, .badCursor:
                400
            case .unauthenticated, .badCredentials: 401
            case .roleForbids, .homeForbids, .passwordChangeRequired: 403
            case .notFound, .noSuchEndpoint: 404
            case .methodNotAllowed: 405
            case .alreadyExists, .outOfOrder: 409
            case .changedMeanwhile: 412
            case .tooLarge: 413
            case .notJSON: 415
            case .badRange: 416
            case .unknownKind, .unknownField, .notEditable, .notIndexed, .refused, .idempotencyKeyReused: 422
            case .passwordRules: 422
            case .seenRequired: 428
            case .lockedOut: 429
            case .internalError: 500
            case .overloaded, .unavailable: 503
            }
        }

        /// The same for every problem of the kind: for people, Chinese first.
        package var title: String {
            switch self {
            case .malformedJSON: "请求内容不是有效的 JSON · The body is no valid JSON"
            case .notJSON: "请求内容须为 JSON · The body must be JSON"
            case .unknownMember: "请求含有未知项 · The request names something unknown"
            case .missingMember: "请求缺少必填项 · The request lacks something required"
            case .wrongType: "数据类型不符 · A value has the wrong type"
            case .badValue: "数据不符合要求 · A value is not acceptable"
            case .badID: "记录编号无效 · A record's id cannot be read"
            case .badSeen: "所见标记无效 · A seen token cannot be read"
            case .badCursor: "翻页标记无效 · A cursor cannot be read"
            case .badRange: "没有该字节范围 · There are no such bytes"
            case .unauthenticated: "未登录或令牌无效 · No valid token"
            case .badCredentials: "证号或密码不正确 · The certificate number or the password is wrong"
            case .lockedOut: "尝试次数过多，暂时锁定 · Locked for a while after too many attempts"
            case .passwordRules: "密码不符合要求 · The password does not follow the rules"
            case .passwordChangeRequired: "须先修改初始密码 · The first password must be changed"
            case .roleForbids: "角色无此权限 · The role does not permit this"
            case .homeForbids: "无权在该区划写入 · This division may not be written to"
            case .notFound: "没有该记录 · There is no such record here"
            case .noSuchEndpoint: "没有该接口 · There is no such endpoint"
            case .methodNotAllowed: "接口不支持该方法 · The endpoint does not take this method"
            case .alreadyExists: "记录已存在 · The record exists already"
            case .outOfOrder: "须按顺序送达 · Something else has to come first"
            case .changedMeanwhile: "记录已被他人修改 · The record has changed meanwhile"
            case .seenRequired: "须附所见标记 · The edit must say what its author saw"
            case .tooLarge: "内容过大 · Too large"
            case .unknownKind: "没有该类记录 · There is no such kind of record"
            case .unknownField: "没有该字段 · There is no such field"
            case .notEditable: "该字段不能这样修改 · The field cannot be edited so"
            case .notIndexed: "不能按该字段查询 · Records are not found by this field"
            case .refused: "修改未被接受 · The change was refused"
            case .idempotencyKeyReused: "幂等键已用于另一请求 · The key was used for another request"
            case .overloaded: "系统繁忙 · Too much is waiting"
            case .unavailable: "暂时无法读写 · The store is not available"
            case .internalError: "内部错误 · An error of the node itself"
            }
        }
    }

    package let kind: Kind
    /// What happened and what to do, in English, without any value.
    package let detail: String
    /// The place: a JSON pointer into the body (RFC 6901), or `query:name`, `path:name`, `header:name`.
    package let place: String?
    /// Further members, such as the id of the record that is in the way.
    package let members: [String: JSON]

    package init(_ kind: Kind, _ detail: String, at place: String? = nil, members: [String: JSON] = [:]) {
        (self.kind, self.detail, self.place, self.members) = (kind, detail, place, members)
    }

    package static let typePrefix = "urn:tributary:problem:"

    /// The problem as the body of an answer.
    /// - Parameter instance: the path that was asked for.
    package func body(instance: String?) -> JSON {
        var body = members
        body["type"] = .text(Self.typePrefix + kind.rawValue)
        body["title"] = .text(kind.title)
        body["status"] = .integer(Int64(kind.status))
        body["detail"] = .text(detail)
        if let instance { body["instance"] = .text(instance) }
        if let place { body["where"] = .text(place) }
        return .object(body)
    }
}

extension Problem {
    init(_ fault: JSONFault) {
        self.init(.malformedJSON, "\(fault.what), at byte \(fault.offset) of the body: correct it and send it again")
    }

    init(_ failure: StoreFailure) { self.init(.unavailable, failure.description) }

    init(_ failure: WriteFailure) {
        switch failure {
        case .refused(.mayNotWrite(let home, let acting)):
            self.init(.homeForbids, ChangeRefusal.mayNotWrite(home: home, acting: acting).description)
        case .refused(.tooLarge(let bytes, let limit)):
            self.init(.tooLarge, ChangeRefusal.tooLarge(bytes: bytes, limit: limit).description)
        case .refused(let refusal): self.init(.refused, refusal.description)
        case .storeUnavailable(let failure): self.init(failure)
        case .overloaded: self.init(.overloaded, failure.description)
        case .stopping: self.init(.unavailable, failure.description)
        }
    }

    /// - Parameter field: names the query's parameter for a field.
    init(_ failure: QueryFailure, parameter: (String) -> String) {
        switch failure {
        case .unknownKind: self.init(.unknownKind, failure.description, at: "query:kind")
        case .unknownField(let field, _): self.init(.unknownField, failure.description, at: "query:\(parameter(field))")
        case .notIndexed(let field, _): self.init(.notIndexed, failure.description, at: "query:\(parameter(field))")
        case .wrongType(let field, _, _): self.init(.wrongType, failure.description, at: "query:\(parameter(field))")
        case .notSearched: self.init(.notIndexed, failure.description)
        case .store(let failure): self.init(failure)
        }
    }
}
