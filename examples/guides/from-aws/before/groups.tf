# The groups. They have the names that spinup gives, and their policies allow just what spinup's allow.
resource "aws_iam_group" "admin" {
  name = "${local.name}-BktAdmGrp"
}

resource "aws_iam_policy" "admin" {
  name        = "${local.name}-BktAdmPlc"
  description = "Admin policy for ${local.name} bucket"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = formatlist("s3:%s", local.bucket_admin), Resource = ["${aws_s3_bucket.soil.arn}"] },
      { Effect = "Allow", Action = ["s3:*"], Resource = ["${aws_s3_bucket.soil.arn}/*"] },
    ]
  })
}

resource "aws_iam_group_policy_attachment" "admin" {
  group      = aws_iam_group.admin.name
  policy_arn = aws_iam_policy.admin.arn
}

resource "aws_iam_group" "read_write" {
  name = "${local.name}-BktRWGrp"
}

resource "aws_iam_policy" "read_write" {
  name        = "${local.name}-BktRWPlc"
  description = "Read-Write policy for ${local.name} bucket"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = formatlist("s3:%s", local.bucket_read), Resource = ["${aws_s3_bucket.soil.arn}"] },
      { Effect = "Allow", Action = formatlist("s3:%s", local.object_read), Resource = ["${aws_s3_bucket.soil.arn}/*"] },
      { Effect = "Allow", Action = formatlist("s3:%s", local.object_write), Resource = ["${aws_s3_bucket.soil.arn}/*"] },
    ]
  })
}

resource "aws_iam_group_policy_attachment" "read_write" {
  group      = aws_iam_group.read_write.name
  policy_arn = aws_iam_policy.read_write.arn
}

resource "aws_iam_group" "read_only" {
  name = "${local.name}-BktROGrp"
}

resource "aws_iam_policy" "read_only" {
  name        = "${local.name}-BktROPlc"
  description = "Read-Only policy for ${local.name} bucket"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = formatlist("s3:%s", local.bucket_read), Resource = ["${aws_s3_bucket.soil.arn}"] },
      { Effect = "Allow", Action = formatlist("s3:%s", local.object_read), Resource = ["${aws_s3_bucket.soil.arn}/*"] },
    ]
  })
}

resource "aws_iam_group_policy_attachment" "read_only" {
  group      = aws_iam_group.read_only.name
  policy_arn = aws_iam_policy.read_only.arn
}

locals {
  bucket_admin = [
    "AbortMultipartUpload", "DeleteBucketWebsite", "DeleteObject", "DeleteObjectVersion",
    "GetAccelerateConfiguration", "GetBucketAcl", "GetBucketCORS", "GetBucketLocation", "GetBucketLogging",
    "GetBucketNotification", "GetBucketPolicy", "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite",
    "GetLifecycleConfiguration", "GetObject", "GetObjectAcl", "GetObjectVersion", "GetObjectVersionAcl",
    "GetReplicationConfiguration", "ListAllMyBuckets", "ListBucket", "ListBucketMultipartUploads",
    "ListBucketVersions", "ListMultipartUploadParts", "PutAccelerateConfiguration", "PutBucketAcl", "PutBucketCORS",
    "PutBucketLogging", "PutBucketNotification", "PutBucketPolicy", "PutBucketRequestPayment", "PutBucketTagging",
    "PutBucketVersioning", "PutBucketWebsite", "PutLifecycleConfiguration", "PutReplicationConfiguration",
    "PutObject", "PutObjectAcl", "PutObjectVersionAcl", "ReplicateDelete", "ReplicateObject", "RestoreObject",
  ]

  bucket_read = [
    "GetAccelerateConfiguration", "GetBucketAcl", "GetBucketCORS", "GetBucketLocation", "GetBucketLogging",
    "GetBucketNotification", "GetBucketObjectLockConfiguration", "GetBucketPolicy", "GetBucketPolicyStatus",
    "GetBucketPublicAccessBlock", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning",
    "GetBucketWebsite", "GetEncryptionConfiguration", "GetInventoryConfiguration", "GetLifecycleConfiguration",
    "GetReplicationConfiguration", "GetMetricsConfiguration", "ListAccessPoints", "ListAllMyBuckets", "ListBucket",
    "ListBucketMultipartUploads", "ListBucketVersions", "ListMultipartUploadParts",
  ]

  object_read = [
    "GetObject", "GetObjectAcl", "GetObjectLegalHold", "GetObjectRetention", "GetObjectTagging", "GetObjectVersion",
    "GetObjectVersionAcl", "GetObjectVersionForReplication", "GetObjectVersionTagging",
  ]

  object_write = [
    "AbortMultipartUpload", "DeleteObject", "DeleteObjectVersion", "PutObject", "PutObjectAcl", "PutObjectVersionAcl",
    "PutObjectRetention", "ReplicateDelete", "ReplicateObject", "RestoreObject", "PutObjectLegalHold",
  ]
}
