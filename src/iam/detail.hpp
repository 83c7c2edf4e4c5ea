#pragma once

namespace iamlocal::iam {

/// Which kind of answer shows an entity: AWS leaves more or fewer of its optional members out.
enum class Detail {
    listed,   ///< in a List answer: no tags, no boundary, no document
    created,  ///< by what made it: the tags if there are any
    full,     ///< by what gets it alone
};

}  // namespace iamlocal::iam
