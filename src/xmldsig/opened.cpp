// The libraries as the system has them installed.
#include <dlfcn.h>

#include "xmldsig/library.hpp"

namespace iamlocal::xmldsig {
namespace {

template <class Function>
bool look_up(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

}  // namespace

std::optional<Library> open_library() {
    // It brings the others. Never unloaded: OpenSSL does not like to be.
    void* const library = ::dlopen("libxmlsec1-openssl.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return std::nullopt;
    Library out{};
    const bool is_whole =
        look_up(library, "xmlAddID", out.addID) && look_up(library, "xmlCtxtReadMemory", out.ctxtReadMemory) &&
        look_up(library, "xmlFreeDoc", out.freeDoc) && look_up(library, "xmlFreeParserCtxt", out.freeParserCtxt) &&
        look_up(library, "xmlInitParser", out.initParser) && look_up(library, "xmlIsBlankNode", out.isBlankNode) &&
        look_up(library, "xmlNewParserCtxt", out.newParserCtxt) &&
        look_up(library, "xmlSetGenericErrorFunc", out.setGenericErrorFunc) &&
        look_up(library, "xmlSecBufferGetData", out.secBufferGetData) &&
        look_up(library, "xmlSecBufferGetSize", out.secBufferGetSize) &&
        look_up(library, "xmlSecCheckVersionExt", out.secCheckVersionExt) &&
        look_up(library, "xmlSecDSigCtxCreate", out.secDSigCtxCreate) &&
        look_up(library, "xmlSecDSigCtxDestroy", out.secDSigCtxDestroy) &&
        look_up(library, "xmlSecDSigCtxEnableReferenceTransform", out.secDSigCtxEnableReferenceTransform) &&
        look_up(library, "xmlSecDSigCtxEnableSignatureTransform", out.secDSigCtxEnableSignatureTransform) &&
        look_up(library, "xmlSecDSigCtxVerify", out.secDSigCtxVerify) &&
        look_up(library, "xmlSecDSigReferenceCtxGetPreDigestBuffer", out.secDSigReferenceCtxGetPreDigestBuffer) &&
        look_up(library, "xmlSecErrorsSetCallback", out.secErrorsSetCallback) && look_up(library, "xmlSecInit", out.secInit) &&
        look_up(library, "xmlSecKeyDestroy", out.secKeyDestroy) &&
        look_up(library, "xmlSecPtrListGetItem", out.secPtrListGetItem) &&
        look_up(library, "xmlSecPtrListGetSize", out.secPtrListGetSize) &&
        look_up(library, "xmlSecTransformEnvelopedGetKlass", out.transformEnveloped) &&
        look_up(library, "xmlSecTransformExclC14NGetKlass", out.transformExclC14N) &&
        look_up(library, "xmlSecOpenSSLAppKeyLoadMemory", out.cryptoAppKeyLoadMemory) &&
        look_up(library, "xmlSecOpenSSLInit", out.cryptoInit) &&
        look_up(library, "xmlSecOpenSSLTransformEcdsaSha256GetKlass", out.transformEcdsaSha256) &&
        look_up(library, "xmlSecOpenSSLTransformEcdsaSha384GetKlass", out.transformEcdsaSha384) &&
        look_up(library, "xmlSecOpenSSLTransformEcdsaSha512GetKlass", out.transformEcdsaSha512) &&
        look_up(library, "xmlSecOpenSSLTransformRsaSha256GetKlass", out.transformRsaSha256) &&
        look_up(library, "xmlSecOpenSSLTransformRsaSha384GetKlass", out.transformRsaSha384) &&
        look_up(library, "xmlSecOpenSSLTransformRsaSha512GetKlass", out.transformRsaSha512) &&
        look_up(library, "xmlSecOpenSSLTransformSha256GetKlass", out.transformSha256) &&
        look_up(library, "xmlSecOpenSSLTransformSha384GetKlass", out.transformSha384) &&
        look_up(library, "xmlSecOpenSSLTransformSha512GetKlass", out.transformSha512);
    if (!is_whole) return std::nullopt;
    return out;
}

}  // namespace iamlocal::xmldsig
