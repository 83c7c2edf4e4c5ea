// What stands for opened.cpp in the standalone program, which has the libraries in it.
#include "xmldsig/library.hpp"

namespace iamlocal::xmldsig {

std::optional<Library> open_library() {
    return Library{
        .addID = &xmlAddID,
        .ctxtReadMemory = &xmlCtxtReadMemory,
        .freeDoc = &xmlFreeDoc,
        .freeParserCtxt = &xmlFreeParserCtxt,
        .initParser = &xmlInitParser,
        .isBlankNode = &xmlIsBlankNode,
        .newParserCtxt = &xmlNewParserCtxt,
        .setGenericErrorFunc = &xmlSetGenericErrorFunc,
        .secBufferGetData = &xmlSecBufferGetData,
        .secBufferGetSize = &xmlSecBufferGetSize,
        .secCheckVersionExt = &xmlSecCheckVersionExt,
        .secDSigCtxCreate = &xmlSecDSigCtxCreate,
        .secDSigCtxDestroy = &xmlSecDSigCtxDestroy,
        .secDSigCtxEnableReferenceTransform = &xmlSecDSigCtxEnableReferenceTransform,
        .secDSigCtxEnableSignatureTransform = &xmlSecDSigCtxEnableSignatureTransform,
        .secDSigCtxVerify = &xmlSecDSigCtxVerify,
        .secDSigReferenceCtxGetPreDigestBuffer = &xmlSecDSigReferenceCtxGetPreDigestBuffer,
        .secErrorsSetCallback = &xmlSecErrorsSetCallback,
        .secInit = &xmlSecInit,
        .secKeyDestroy = &xmlSecKeyDestroy,
        .secPtrListGetItem = &xmlSecPtrListGetItem,
        .secPtrListGetSize = &xmlSecPtrListGetSize,
        .transformEnveloped = &xmlSecTransformEnvelopedGetKlass,
        .transformExclC14N = &xmlSecTransformExclC14NGetKlass,
        .cryptoAppKeyLoadMemory = &xmlSecOpenSSLAppKeyLoadMemory,
        .cryptoInit = &xmlSecOpenSSLInit,
        .transformEcdsaSha256 = &xmlSecOpenSSLTransformEcdsaSha256GetKlass,
        .transformEcdsaSha384 = &xmlSecOpenSSLTransformEcdsaSha384GetKlass,
        .transformEcdsaSha512 = &xmlSecOpenSSLTransformEcdsaSha512GetKlass,
        .transformRsaSha256 = &xmlSecOpenSSLTransformRsaSha256GetKlass,
        .transformRsaSha384 = &xmlSecOpenSSLTransformRsaSha384GetKlass,
        .transformRsaSha512 = &xmlSecOpenSSLTransformRsaSha512GetKlass,
        .transformSha256 = &xmlSecOpenSSLTransformSha256GetKlass,
        .transformSha384 = &xmlSecOpenSSLTransformSha384GetKlass,
        .transformSha512 = &xmlSecOpenSSLTransformSha512GetKlass,
    };
}

}  // namespace iamlocal::xmldsig
