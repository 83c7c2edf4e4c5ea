// What this program is: its version, and how new what it knows of AWS is.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::app {

struct Release {
    std::string_view version;
    std::string_view commit;          ///< of the sources, where the build was told it (IAMLOCAL_COMMIT); else empty
    std::string_view iam_model_date;  ///< "2026-11-13": when the model of IAM's operations was published
    std::string_view iam_model;       ///< the package that it is from
    std::string_view sts_model_date;
    std::string_view sts_model;
    int schema = 0;  ///< the number of the database's schema

    /// The day of the newest change in AWS's managed policies: of those that are in force. Unpacks their list when it
    /// is first asked for.
    std::string managed_policies_date() const;
    /// The package that the actions of AWS's services are from.
    std::string service_reference() const;
};

/// Of this program.
const Release& release();

/// A line for the version and some for the rest, as `iamlocal --version` prints them.
std::string text_of(const Release& release);
/// One object.
std::string json_of(const Release& release);

}  // namespace iamlocal::app
