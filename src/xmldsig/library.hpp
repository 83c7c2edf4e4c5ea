// The functions of libxml2 and xmlsec1 that we use, loaded when the first signature is looked at: they bring seven
// libraries, for which every start of the program would pay a megabyte of memory. The standalone program has them linked
// in. Inside this folder only.
#pragma once

#include <optional>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

namespace iamlocal::xmldsig {

/// Members are called as in the manuals: without xml, and with `sec` and `crypto` for xmlSec and xmlSecOpenSSL.
struct Library {
    /// Ready for any thread. Null: it is not installed, or another version than this was built for.
    static const Library* find();

    decltype(&xmlAddID) addID;
    decltype(&xmlCtxtReadMemory) ctxtReadMemory;
    decltype(&xmlFreeDoc) freeDoc;
    decltype(&xmlFreeParserCtxt) freeParserCtxt;
    decltype(&xmlInitParser) initParser;
    decltype(&xmlIsBlankNode) isBlankNode;
    decltype(&xmlNewParserCtxt) newParserCtxt;
    decltype(&xmlSetGenericErrorFunc) setGenericErrorFunc;
    decltype(&xmlSecBufferGetData) secBufferGetData;
    decltype(&xmlSecBufferGetSize) secBufferGetSize;
    decltype(&xmlSecCheckVersionExt) secCheckVersionExt;
    decltype(&xmlSecDSigCtxCreate) secDSigCtxCreate;
    decltype(&xmlSecDSigCtxDestroy) secDSigCtxDestroy;
    decltype(&xmlSecDSigCtxEnableReferenceTransform) secDSigCtxEnableReferenceTransform;
    decltype(&xmlSecDSigCtxEnableSignatureTransform) secDSigCtxEnableSignatureTransform;
    decltype(&xmlSecDSigCtxVerify) secDSigCtxVerify;
    decltype(&xmlSecDSigReferenceCtxGetPreDigestBuffer) secDSigReferenceCtxGetPreDigestBuffer;
    decltype(&xmlSecErrorsSetCallback) secErrorsSetCallback;
    decltype(&xmlSecInit) secInit;
    decltype(&xmlSecKeyDestroy) secKeyDestroy;
    decltype(&xmlSecPtrListGetItem) secPtrListGetItem;
    decltype(&xmlSecPtrListGetSize) secPtrListGetSize;
    decltype(&xmlSecTransformEnvelopedGetKlass) transformEnveloped;
    decltype(&xmlSecTransformExclC14NGetKlass) transformExclC14N;
    decltype(&xmlSecOpenSSLAppKeyLoadMemory) cryptoAppKeyLoadMemory;
    decltype(&xmlSecOpenSSLInit) cryptoInit;
    decltype(&xmlSecOpenSSLTransformEcdsaSha256GetKlass) transformEcdsaSha256;
    decltype(&xmlSecOpenSSLTransformEcdsaSha384GetKlass) transformEcdsaSha384;
    decltype(&xmlSecOpenSSLTransformEcdsaSha512GetKlass) transformEcdsaSha512;
    decltype(&xmlSecOpenSSLTransformRsaSha256GetKlass) transformRsaSha256;
    decltype(&xmlSecOpenSSLTransformRsaSha384GetKlass) transformRsaSha384;
    decltype(&xmlSecOpenSSLTransformRsaSha512GetKlass) transformRsaSha512;
    decltype(&xmlSecOpenSSLTransformSha256GetKlass) transformSha256;
    decltype(&xmlSecOpenSSLTransformSha384GetKlass) transformSha384;
    decltype(&xmlSecOpenSSLTransformSha512GetKlass) transformSha512;
};

/// All of them, as they are found (opened.cpp) or were linked (linked.cpp); not begun with. Nothing: some are missing.
std::optional<Library> open_library();

}  // namespace iamlocal::xmldsig
