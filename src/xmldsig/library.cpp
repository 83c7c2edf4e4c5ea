#include "xmldsig/library.hpp"

#include <dlfcn.h>

namespace iamlocal::xmldsig {
namespace {

template <class Function>
bool look_up(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

void say_nothing_of_signatures(const char*, int, const char*, const char*, const char*, int, const char*) {}

}  // namespace

const Library* Library::find() {
    static Library functions{};
    static const bool is_ready = functions.load();
    return is_ready ? &functions : nullptr;
}

bool Library::load() {
    // It brings the others. Never unloaded: OpenSSL does not like to be.
    void* const library = ::dlopen("libxmlsec1-openssl.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return false;
    const bool is_whole =
        look_up(library, "xmlAddID", addID) && look_up(library, "xmlCtxtReadMemory", ctxtReadMemory) &&
        look_up(library, "xmlFreeDoc", freeDoc) && look_up(library, "xmlFreeParserCtxt", freeParserCtxt) &&
        look_up(library, "xmlInitParser", initParser) && look_up(library, "xmlIsBlankNode", isBlankNode) &&
        look_up(library, "xmlNewParserCtxt", newParserCtxt) &&
        look_up(library, "xmlSetGenericErrorFunc", setGenericErrorFunc) &&
        look_up(library, "xmlSecBufferGetData", secBufferGetData) &&
        look_up(library, "xmlSecBufferGetSize", secBufferGetSize) &&
        look_up(library, "xmlSecCheckVersionExt", secCheckVersionExt) &&
        look_up(library, "xmlSecDSigCtxCreate", secDSigCtxCreate) &&
        look_up(library, "xmlSecDSigCtxDestroy", secDSigCtxDestroy) &&
        look_up(library, "xmlSecDSigCtxEnableReferenceTransform", secDSigCtxEnableReferenceTransform) &&
        look_up(library, "xmlSecDSigCtxEnableSignatureTransform", secDSigCtxEnableSignatureTransform) &&
        look_up(library, "xmlSecDSigCtxVerify", secDSigCtxVerify) &&
        look_up(library, "xmlSecDSigReferenceCtxGetPreDigestBuffer", secDSigReferenceCtxGetPreDigestBuffer) &&
        look_up(library, "xmlSecErrorsSetCallback", secErrorsSetCallback) && look_up(library, "xmlSecInit", secInit) &&
        look_up(library, "xmlSecKeyDestroy", secKeyDestroy) &&
        look_up(library, "xmlSecPtrListGetItem", secPtrListGetItem) &&
        look_up(library, "xmlSecPtrListGetSize", secPtrListGetSize) &&
        look_up(library, "xmlSecTransformEnvelopedGetKlass", transformEnveloped) &&
        look_up(library, "xmlSecTransformExclC14NGetKlass", transformExclC14N) &&
        look_up(library, "xmlSecOpenSSLAppKeyLoadMemory", cryptoAppKeyLoadMemory) &&
        look_up(library, "xmlSecOpenSSLInit", cryptoInit) &&
        look_up(library, "xmlSecOpenSSLTransformEcdsaSha256GetKlass", transformEcdsaSha256) &&
        look_up(library, "xmlSecOpenSSLTransformEcdsaSha384GetKlass", transformEcdsaSha384) &&
        look_up(library, "xmlSecOpenSSLTransformEcdsaSha512GetKlass", transformEcdsaSha512) &&
        look_up(library, "xmlSecOpenSSLTransformRsaSha256GetKlass", transformRsaSha256) &&
        look_up(library, "xmlSecOpenSSLTransformRsaSha384GetKlass", transformRsaSha384) &&
        look_up(library, "xmlSecOpenSSLTransformRsaSha512GetKlass", transformRsaSha512) &&
        look_up(library, "xmlSecOpenSSLTransformSha256GetKlass", transformSha256) &&
        look_up(library, "xmlSecOpenSSLTransformSha384GetKlass", transformSha384) &&
        look_up(library, "xmlSecOpenSSLTransformSha512GetKlass", transformSha512);
    if (!is_whole) return false;
    initParser();
    const bool has_begun =
        secInit() >= 0 && secCheckVersionExt(XMLSEC_VERSION_MAJOR, XMLSEC_VERSION_MINOR, XMLSEC_VERSION_SUBMINOR,
                                             xmlSecCheckVersionABICompatible) == 1;
    if (!has_begun) return false;
    secErrorsSetCallback(say_nothing_of_signatures);
    return cryptoInit() >= 0;
}

}  // namespace iamlocal::xmldsig
