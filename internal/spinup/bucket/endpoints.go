package bucket

// DomainName is the bucket's host name at the partition's global endpoint.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func DomainName(name, partition string) string { return name + ".s3." + dnsSuffix(partition) }

// RegionalDomainName is the bucket's host name at the endpoint of its region.
func RegionalDomainName(name, region, partition string) string {
	return name + ".s3." + region + "." + dnsSuffix(partition)
}

// WebsiteEndpoint is the host name of the bucket's own website: with a hyphen in the oldest regions.
// https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints
func WebsiteEndpoint(name, region, partition string) string {
	mark := "."
	switch region {
	case "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
		"sa-east-1", "us-gov-west-1":
		mark = "-"
	}
	return name + ".s3-website" + mark + region + "." + dnsSuffix(partition)
}

// dnsSuffix is the domain of a partition's endpoints; amazonaws.com for one that is newer than this table.
// https://github.com/aws/aws-sdk-go-v2/blob/main/internal/endpoints/awsrulesfn/partitions.json
func dnsSuffix(partition string) string {
	suffix, ok := map[string]string{
		"aws-cn":    "amazonaws.com.cn",
		"aws-eusc":  "amazonaws.eu",
		"aws-iso":   "c2s.ic.gov",
		"aws-iso-b": "sc2s.sgov.gov",
		"aws-iso-e": "cloud.adc-e.uk",
		"aws-iso-f": "csp.hci.ic.gov",
	}[partition]
	if !ok {
		return "amazonaws.com"
	}
	return suffix
}

// HostedZoneID is the Route 53 hosted zone of the S3 website endpoint of a region, empty if the region has none. No API
// returns it. https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints
func HostedZoneID(region string) string {
	return map[string]string{
		"af-south-1":     "Z83WF9RJE8B12",
		"ap-east-1":      "ZNB98KWMFR0R6",
		"ap-northeast-1": "Z2M4EHUR26P7ZW",
		"ap-northeast-2": "Z3W03O7B5YMIYP",
		"ap-northeast-3": "Z2YQB5RD63NC85",
		"ap-south-1":     "Z11RGJOFQNVJUP",
		"ap-south-2":     "Z02976202B4EZMXIPMXF7",
		"ap-southeast-1": "Z3O0J2DXBE1FTB",
		"ap-southeast-2": "Z1WCIGYICN2BYD",
		"ap-southeast-3": "Z01846753K324LI26A3VV",
		"ap-southeast-4": "Z0312387243XT5FE14WFO",
		"ap-southeast-5": "Z08660063OXLMA7F1FJHU",
		"ca-central-1":   "Z1QDHH18159H29",
		"ca-west-1":      "Z03565811Z33SLEZTHOUL",
		"cn-north-1":     "Z5CN8UMXT92WN",
		"cn-northwest-1": "Z282HJ1KT0DH03",
		"eu-central-1":   "Z21DNDUVLTQW6Q",
		"eu-central-2":   "Z030506016YDQGETNASS",
		"eu-north-1":     "Z3BAZG2TWCNX0D",
		"eu-south-1":     "Z30OZKI7KPW7MI",
		"eu-south-2":     "Z0081959F7139GRJC19J",
		"eu-west-1":      "Z1BKCTXD74EZPE",
		"eu-west-2":      "Z3GKZC51ZF0DB4",
		"eu-west-3":      "Z3R1K369G5AVDG",
		"il-central-1":   "Z09640613K4A3MN55U7GU",
		"me-central-1":   "Z06143092I8HRXZRUZROF",
		"me-south-1":     "Z1MPMWCPA7YB62",
		"sa-east-1":      "Z7KQH4QJS55SO",
		"us-east-1":      "Z3AQBSTGFYJSTF",
		"us-east-2":      "Z2O1EMRO9K5GLX",
		"us-gov-east-1":  "Z2NIFVYYW2VKV1",
		"us-gov-west-1":  "Z31GFT0UA1I2HV",
		"us-west-1":      "Z2F56UZL2M1ACD",
		"us-west-2":      "Z3BJ6K6RIION7M",
	}[region]
}
