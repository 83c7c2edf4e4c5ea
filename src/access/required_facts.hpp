// Which facts of requests the condition keys and variables of policies ask for, of those that cost something to keep:
// the record of a decision has them only where some policy may want them.
#pragma once

#include "policy/document_kind.hpp"

namespace iamlocal::access {

struct RequiredFacts {
    bool headers = false;        ///< aws:UserAgent, aws:Referer
    bool resource_tags = false;  ///< aws:ResourceTag/…, iam:ResourceTag/…

    static RequiredFacts of(const policy::Policy& policy);
    RequiredFacts& operator|=(RequiredFacts other) {
        headers = headers || other.headers;
        resource_tags = resource_tags || other.resource_tags;
        return *this;
    }
};

}  // namespace iamlocal::access
