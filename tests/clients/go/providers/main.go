// What a credentials provider of Go's SDK gets: main PROVIDER [ARGUMENT]
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
)

func provider(name string) aws.CredentialsProvider {
	switch name {
	case "instance":
		return ec2rolecreds.New()
	case "container":
		return endpointcreds.New(os.Args[2], func(o *endpointcreds.Options) { o.AuthorizationToken = os.Args[3] })
	default:
		return processcreds.NewProvider(os.Args[2])
	}
}

func main() {
	found, err := provider(os.Args[1]).Retrieve(context.Background())
	if err != nil {
		panic(err)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"AccessKeyId": found.AccessKeyID, "SecretAccessKey": found.SecretAccessKey, "Token": found.SessionToken,
		"CanExpire": found.CanExpire})
}
