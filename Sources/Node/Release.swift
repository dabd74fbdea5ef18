/// What this program calls itself to neighbours, logs and people.
package enum Release {
    package static let name = "tributary 0.1.0"
}
