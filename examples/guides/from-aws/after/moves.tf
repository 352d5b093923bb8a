# One apply takes these blocks; then they can go, and so can hashicorp/aws. The provider is still asked about the state.
provider "aws" {
  region = "us-east-1"
}

moved {
  from = aws_s3_bucket.soil
  to   = spinup_bucket.soil
}

moved {
  from = aws_s3_bucket_lifecycle_configuration.soil
  to   = spinup_lifecycle_rule.soil
}

moved {
  from = aws_s3_object.readme
  to   = spinup_object.readme
}

moved {
  from = aws_iam_user.station
  to   = spinup_bucket_user.station
}

removed {
  from = aws_s3_bucket_versioning.soil

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_server_side_encryption_configuration.soil

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_ownership_controls.soil

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_public_access_block.soil

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_policy.soil

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_logging.soil

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_s3_bucket_cors_configuration.soil

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_group.admin

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_policy.admin

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_group_policy_attachment.admin

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_group.read_write

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_policy.read_write

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_group_policy_attachment.read_write

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_group.read_only

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_policy.read_only

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_group_policy_attachment.read_only

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_user_group_membership.station

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_access_key.station

  lifecycle {
    destroy = false
  }
}
