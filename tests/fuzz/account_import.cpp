// Any text as something that the AWS CLI printed of an account, beside a page of details: it must be imported or
// refused. What was imported is a seed, and every account of it can be written for Terraform, or is none.
#include "transfer/account_import.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "transfer/terraform.hpp"

using namespace iamlocal::transfer;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const Printed details{
    "details.json", R"({"UserDetailList":[{"UserName":"ann","Path":"/","Arn":"arn:aws:iam::111122223333:user/ann"}]})",
    ""};

void check(const std::vector<Printed>& files) {
    const auto result = import_account(files);
    if (const auto* const fault = std::get_if<ImportFault>(&result)) {
        require(!fault->message.empty());
        return;
    }
    const auto& imported = std::get<Imported>(result);
    const std::string text = iamlocal::json_text(imported.seed);
    require(imported.seed.at("accounts").is_object());
    for (const auto& account : imported.seed.at("accounts").items()) {
        try {
            static_cast<void>(write_terraform(text, account.key()));
        } catch (const nlohmann::json::exception&) {
            // A member of another kind than seeds have: the seed is refused when it is read.
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check({{"file", text, ""}});
    check({details, {"file", text, "corp"}});
    return 0;
}
