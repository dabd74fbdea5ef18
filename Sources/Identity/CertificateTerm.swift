package import Divisions
import Foundation
import X509

/// For whom a certificate of a node's chain stands, and for how long: all of it public.
package struct CertificateTerm: Hashable, Sendable {
    package let division: DivisionCode
    package let name: String
    /// Seconds since 1970.
    package let from: Double
    package let to: Double
}

extension NodeIdentity {
    /// The node's own first, then the issuers above it, the root last.
    package var certificates: [CertificateTerm] {
        (links + [root]).map { one in
            CertificateTerm(
                division: one.division, name: one.subject.name,
                from: one.certificate.notValidBefore.timeIntervalSince1970,
                to: one.certificate.notValidAfter.timeIntervalSince1970)
        }
    }
}
