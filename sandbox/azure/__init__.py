"""The stand-in for the azure-native provider plugin and for Azure Resource Manager behind it."""
