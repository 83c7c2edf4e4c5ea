// What stands for libpq.cpp in the standalone program, which has libpq in it.
#include "db/libpq.hpp"

namespace iamlocal::db {

const Libpq& Libpq::get() {
    static const Libpq functions{
        .clear = &PQclear,
        .cmdStatus = &PQcmdStatus,
        .cmdTuples = &PQcmdTuples,
        .connectdbParams = &PQconnectdbParams,
        .conninfoFree = &PQconninfoFree,
        .conninfoParse = &PQconninfoParse,
        .consumeInput = &PQconsumeInput,
        .errorMessage = &PQerrorMessage,
        .finish = &PQfinish,
        .flush = &PQflush,
        .getResult = &PQgetResult,
        .getisnull = &PQgetisnull,
        .getlength = &PQgetlength,
        .getvalue = &PQgetvalue,
        .isBusy = &PQisBusy,
        .ntuples = &PQntuples,
        .resultErrorField = &PQresultErrorField,
        .resultErrorMessage = &PQresultErrorMessage,
        .resultStatus = &PQresultStatus,
        .sendPrepare = &PQsendPrepare,
        .sendQuery = &PQsendQuery,
        .sendQueryPrepared = &PQsendQueryPrepared,
        .setNoticeProcessor = &PQsetNoticeProcessor,
        .setnonblocking = &PQsetnonblocking,
        .socket = &PQsocket,
        .status = &PQstatus,
        .transactionStatus = &PQtransactionStatus,
    };
    return functions;
}

}  // namespace iamlocal::db
