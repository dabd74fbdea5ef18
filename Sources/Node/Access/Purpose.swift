/// Why somebody looks at what is personal. A fixed list, so that it can be counted.
package enum Purpose: String, Hashable, Sendable, CaseIterable, Codable {
    /// Handling a case.
    case handling
    /// Reviewing its legality.
    case review
    /// Watching over an office.
    case supervision
    /// Answering a complaint, an appeal or a request.
    case complaint
    /// Looking over what the office itself did.
    case audit
    /// Handing data to another system.
    case exchange
    /// Making something public.
    case publicity

    package var words: (chinese: String, english: String) {
        switch self {
        case .handling: ("办理案件", "Handling a case")
        case .review: ("法制审核", "Legal review")
        case .supervision: ("执法监督", "Supervision")
        case .complaint: ("投诉复议", "Complaint or appeal")
        case .audit: ("内部核查", "Audit")
        case .exchange: ("数据交换", "Exchange of data")
        case .publicity: ("信息公示", "Publicity")
        }
    }
}

extension Role {
    /// Why somebody of the role looks, unless he says otherwise.
    package var purpose: Purpose {
        switch self {
        case .officer, .responsible, .librarian: .handling
        case .reviewer: .review
        case .supervisor: .supervision
        case .operator: .audit
        }
    }
}
