// The parts of a seed that have readers of their own: organization, templates, metadata, quotas.
#pragma once

#include <optional>

#include "aws/quotas.hpp"
#include "metadata/machine.hpp"
#include "seed/model.hpp"
#include "seed/work.hpp"

namespace iamlocal::seed {

/// `present` with what the seed says. Throws Refused.
aws::Quotas read_quotas(const Anything& quotas, const aws::Quotas& present);
/// Nothing where the seed says nothing. Throws Refused.
std::optional<metadata::Machine> read_machine(const Anything& metadata, const metadata::Machine& configured);

void sync_organization(Work& work, const Anything& organization);
/// Of the organization that is there then.
void sync_root_features(Work& work, const Texts& features);
void sync_templates(Work& work, const Anything& templates);

}  // namespace iamlocal::seed
