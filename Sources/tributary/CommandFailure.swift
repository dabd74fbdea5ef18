import ArgumentParser
import Divisions
import Foundation
import Identity
import Replication
import Store

/// How a command ends, in the numbers of sysexits.h, so that a script can tell who must act.
enum ExitStatus: Int32, Sendable {
    case failed = 1
    case usage = 64
    /// What was read is not what it should be.
    case badData = 65
    case noInput = 66
    /// The node did not answer.
    case unavailable = 69
    case cannotWrite = 73
    case notPermitted = 77
    case badConfiguration = 78
}

/// Why a command gave up: what happened, where, and what to do. Never personal data.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// What stands before the description on the screen.
    static let prefix = "错误 error:"

    let status: ExitStatus
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        (self.status, self.description) = (status, description)
    }

    init(_ fault: IdentityFault) {
        let status: ExitStatus =
            switch fault.problem {
            case .missing: .noInput
            case .system: .failed
            case .open: .notPermitted
            case .malformed, .mismatched: .badData
            case .occupied: .cannotWrite
            case .argument: .usage
            }
        self.init(status, "\(fault)")
    }

    init(_ failure: EnrolmentFailure) {
        switch failure {
        case .identity(let fault): self.init(fault)
        case .refused, .answer: self.init(.notPermitted, "\(failure)")
        }
    }

    init(_ failure: StoreFailure, path: String) {
        let status: ExitStatus
        if case .corrupt = failure { status = .badData } else { status = .failed }
        self.init(status, "\(path): \(failure)")
    }

    init(_ failure: BackupFailure, path: String) {
        switch failure {
        case .exists, .file: self.init(.cannotWrite, "\(failure)")
        case .store(let failure): self.init(failure, path: path)
        }
    }

    func report(on terminal: Terminal) {
        terminal.line(terminal.styled(Self.prefix, .red, .bold) + " " + description)
    }
}

/// Does `body` and says what went wrong in a command's words.
func translatingIdentityFaults<T>(_ body: () throws(IdentityFault) -> T) throws(CommandFailure) -> T {
    do { return try body() } catch { throw CommandFailure(error) }
}

func translatingEnrolmentFailures<T>(_ body: () throws(EnrolmentFailure) -> T) throws(CommandFailure) -> T {
    do { return try body() } catch { throw CommandFailure(error) }
}
