# Every aws_iam_* resource and data source of the provider. test_terraform.py applies, changes, imports and destroys them.
# The endpoint and the credentials come from the environment.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
}

# The same as a session of a role that was there before.
provider "aws" {
  alias                   = "session"
  region                  = "us-east-1"
  skip_metadata_api_check = true
  assume_role {
    role_arn     = var.role
    session_name = "terraform"
    tags         = { "team" = "red" }
  }
}

variable "role" {
  description = "The ARN of a role to work with."
  type        = string
}

variable "stage" {
  description = "What there is to change: 1 at first, then 2."
  type        = number
  default     = 1
}

variable "certificates" {
  description = "The folder with certificates and keys."
  type        = string
}

variable "metadata" {
  description = "The file with the metadata of the SAML provider."
  type        = string
}

variable "ssh_key" {
  description = "An SSH public key, a line."
  type        = string
}

locals {
  path  = "/tf/"
  tags  = { "stage" = var.stage, "kept" = "a b+c/d" }
  first = var.stage == 1
}
