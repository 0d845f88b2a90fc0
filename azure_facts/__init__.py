"""What is true of Azure: limits, ids, names, sizes, places and address arithmetic.

Pure functions and named constants. Nothing here reads settings, Pulumi or a cloud; each table names the Azure
document it follows.
"""
