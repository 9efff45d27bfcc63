"""What can be seen in Azure. Ids are those of Azure Resource Manager, in lower case: it takes no notice of case, and
its services spell the same id in several ways."""
