#include "analysis/key_names.hpp"

#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"

namespace iamlocal::analysis {
namespace {

namespace key_reference = catalogue::service_reference;

}  // namespace

KeyFact fact_of_key(const std::string& folded) {
    const catalogue::ConditionKey* known = key_reference::find_global_key(folded);
    if (!known) {
        const auto* service = key_reference::find_service(folded.substr(0, folded.find(':')));
        if (service) known = service->find_condition_key(folded);
    }
    if (!known) return {folded, false};
    const std::size_t choice = known->name.find('$');
    if (choice == std::string::npos) return {known->name, known->type.ends_with("ARN")};
    return {known->name.substr(0, choice) + folded.substr(choice), false};
}

}  // namespace iamlocal::analysis
