DROP TABLE delivery_times;
DROP TABLE deliveries;
