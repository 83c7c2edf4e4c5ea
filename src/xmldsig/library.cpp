#include "xmldsig/library.hpp"

namespace iamlocal::xmldsig {
namespace {

void say_nothing_of_signatures(const char*, int, const char*, const char*, const char*, int, const char*) {}

bool begin(const Library& library) {
    library.initParser();
    const bool has_begun =
        library.secInit() >= 0 && library.secCheckVersionExt(XMLSEC_VERSION_MAJOR, XMLSEC_VERSION_MINOR, XMLSEC_VERSION_SUBMINOR,
                                             xmlSecCheckVersionABICompatible) == 1;
    if (!has_begun) return false;
    library.secErrorsSetCallback(say_nothing_of_signatures);
    return library.cryptoInit() >= 0;
}

}  // namespace

const Library* Library::find() {
    static const std::optional<Library> functions = open_library();
    static const bool is_ready = functions && begin(*functions);
    return is_ready ? &*functions : nullptr;
}

}  // namespace iamlocal::xmldsig
